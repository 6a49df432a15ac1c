package dev.millrace.ingest.topology;

import static dev.millrace.ingest.topology.IngestHarness.header;
import static dev.millrace.ingest.topology.ShopPayments.NOON;
import static dev.millrace.ingest.topology.ShopPayments.payment;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.LatePolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CloudEvents, and the producers' names in headers. */
class CloudEventsTest {
  private static final Map<String, String> ATTRIBUTES =
      Map.of(
          "ce_specversion", "1.0",
          "ce_id", "A234-1234",
          "ce_source", "//shop/till/7",
          "ce_type", "shop.payment.made",
          "ce_time", "2026-03-01T12:00:00Z",
          "content-type", "application/avro",
          "traceparent", "00-1-2-01");

  private final IngestHarness ingest =
      new IngestHarness(ShopPayments.pipeline(4, LatePolicy.TOPIC));

  @AfterEach
  void close() {
    ingest.close();
  }

  @Test
  void theHeadersOfBinaryModeAreKeptOnEveryOutput() {
    // Of the accounts, at least one is on another partition and goes through the rekeyed topic.
    List<String> accounts = List.of("a", "b", "c", "d", "e", "f", "g", "h");
    for (String account : accounts) {
      send(ingest.encode(payment("p-" + account, account, NOON)), attributes());
    }
    for (int i = 0; i < 3; i++) {
      send(ingest.encode(payment("p" + i, "a", NOON)), attributes());
    }
    send(ingest.encode(payment("late", "a", NOON.minus(Duration.ofHours(1)))), attributes());
    send(ingest.encode(payment("late-b", "b", NOON.minus(Duration.ofHours(1)))), attributes());
    send(new byte[] {1, 2, 3, 4, 5, 6}, attributes());

    assertThat(rekeyed()).isPositive();
    assertThat(ingest.read(ShopPayments.CLEAN)).hasSize(accounts.size() + 3).allSatisfy(this::kept);
    assertThat(ingest.read(ShopPayments.LATE)).hasSize(2).allSatisfy(this::kept);
    assertThat(ingest.read(ShopPayments.DEAD_LETTERS)).hasSize(1).allSatisfy(this::kept);
    assertThat(byProducer("//shop/till/7", "BAD_MAGIC")).isEqualTo(1);
  }

  private void kept(TestRecord<byte[], byte[]> record) {
    ATTRIBUTES.forEach((name, value) -> assertThat(header(record, name)).isEqualTo(value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/cloudevents+json",
        "Application/CloudEvents+JSON; charset=UTF-8",
        "application/cloudevents-batch+json"
      })
  void structuredModeIsADeadLetterThatSaysSo(String type) {
    byte[] value = "{\"specversion\": \"1.0\", \"id\": \"1\"}".getBytes(UTF_8);
    send(value, with("content-type", type));

    assertThat(ingest.read(ShopPayments.DEAD_LETTERS))
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.value()).isEqualTo(value);
              assertThat(header(letter, "millrace.error.code")).isEqualTo("WRONG_FORMAT");
              assertThat(header(letter, "millrace.error.detail"))
                  .contains(type, "structured mode", "binary mode");
            });
  }

  @Test
  void anEventThatCanBeDecodedIsJudgedByItsContent() {
    send(ingest.encode(payment("fine")), with("content-type", "application/cloudevents+json"));
    send(
        ingest.encode(ShopPayments.with(payment("negative"), "amount", -1.0)),
        with("content-type", "application/cloudevents+json"));

    assertThat(ingest.ids(ShopPayments.CLEAN)).containsExactly("fine");
    assertThat(ingest.read(ShopPayments.DEAD_LETTERS))
        .singleElement()
        .satisfies(
            letter -> assertThat(header(letter, "millrace.error.code")).isEqualTo("CONTRACT"));
  }

  @Test
  void theNameOfTheProducerIsKept() {
    send(ingest.encode(payment("p")), with("millrace.producer", "till"));
    send(new byte[0], with("millrace.producer", "till"));

    assertThat(header(ingest.read(ShopPayments.CLEAN).get(0), "millrace.producer"))
        .isEqualTo("till");
    assertThat(header(ingest.read(ShopPayments.DEAD_LETTERS).get(0), "millrace.producer"))
        .isEqualTo("till");
    assertThat(byProducer("till", "TRUNCATED_HEADER")).isEqualTo(1);
  }

  @Test
  void aDeadLetterKeepsTheHeadersOfItsReplayAndACleanEventDoesNot() {
    Headers replayed = with("millrace.replays", "2");
    replayed.add("millrace.replay-of", "3:17".getBytes(UTF_8));
    send(new byte[0], replayed);
    send(ingest.encode(payment("p")), replayed);

    TestRecord<byte[], byte[]> letter = ingest.read(ShopPayments.DEAD_LETTERS).get(0);
    assertThat(header(letter, "millrace.replays")).isEqualTo("2");
    assertThat(header(letter, "millrace.replay-of")).isEqualTo("3:17");
    TestRecord<byte[], byte[]> event = ingest.read(ShopPayments.CLEAN).get(0);
    assertThat(header(event, "millrace.replays")).isNull();
    assertThat(header(event, "millrace.replay-of")).isNull();
  }

  @Test
  void atMostAHundredProducersAreDistinguished() {
    for (int i = 0; i < 150; i++) {
      send(new byte[0], with("millrace.producer", "p" + i));
    }
    send(new byte[0], with("millrace.producer", "p7"));
    send(new byte[0], new RecordHeaders());

    assertThat(byProducer("p7", "TRUNCATED_HEADER")).isEqualTo(2);
    assertThat(byProducer("p99", "TRUNCATED_HEADER")).isEqualTo(1);
    assertThat(byProducer("other", "TRUNCATED_HEADER")).isEqualTo(51);
    assertThat(ingest.count(IngestResult.DEAD_LETTER, "TRUNCATED_HEADER")).isEqualTo(152);
  }

  private void send(byte[] value, Headers headers) {
    ingest.send(null, value, headers);
  }

  private static Headers attributes() {
    Headers headers = new RecordHeaders();
    ATTRIBUTES.forEach((name, value) -> headers.add(name, value.getBytes(UTF_8)));
    return headers;
  }

  private static Headers with(String name, String value) {
    return new RecordHeaders().add(name, value.getBytes(UTF_8));
  }

  private double rekeyed() {
    return sample(
        "millrace_ingest_rekeyed_total",
        List.of("pipeline", "source"),
        List.of("shop", "payments"));
  }

  private double byProducer(String producer, String code) {
    return sample(
        "millrace_ingest_dead_letters_by_producer_total",
        List.of("pipeline", "source", "producer", "code"),
        List.of("shop", "payments", producer, code));
  }

  private double sample(String name, List<String> labels, List<String> values) {
    Double sample =
        ingest.counters.getSampleValue(
            name, labels.toArray(String[]::new), values.toArray(String[]::new));
    return sample == null ? 0 : sample;
  }
}
