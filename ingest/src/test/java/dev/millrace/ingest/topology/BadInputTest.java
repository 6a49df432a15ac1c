package dev.millrace.ingest.topology;

import static dev.millrace.ingest.topology.IngestHarness.header;
import static dev.millrace.ingest.topology.ShopPayments.payment;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.pipeline.LatePolicy;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BadInputTest {
  private static final byte[] KEY = "the producer's key".getBytes(UTF_8);

  private final IngestHarness ingest =
      new IngestHarness(ShopPayments.pipeline(4, LatePolicy.TOPIC));

  @AfterEach
  void close() {
    ingest.close();
  }

  @ParameterizedTest
  @MethodSource("dev.millrace.ingest.topology.BadInput#all")
  void badInputBecomesADeadLetter(BadInput bad) {
    AvroEncoder encoder = new AvroEncoder(ingest.schemaId, ShopPayments.SCHEMA);
    byte[] value = bad.bytes().make(ingest.registry, encoder);
    RecordHeaders headers = new RecordHeaders();
    headers.add("trace", "42".getBytes(UTF_8));
    ingest.send(payment("before"));

    ingest.send(KEY, value, headers);
    ingest.letLookupsEnd();

    assertThat(ingest.read(ShopPayments.DEAD_LETTERS))
        .singleElement()
        .satisfies(letter -> hasTheReason(letter, bad, value));
    assertThat(ingest.count(IngestResult.DEAD_LETTER, bad.code().name())).isEqualTo(1);
    ingest.send(payment("after"));
    assertThat(ingest.ids(ShopPayments.CLEAN)).containsExactly("before", "after");
    assertThat(ingest.read(ShopPayments.LATE)).isEmpty();
  }

  private static void hasTheReason(
      TestRecord<byte[], byte[]> letter, BadInput bad, byte @Nullable [] value) {
    assertThat(letter.key()).isEqualTo(KEY);
    assertThat(letter.value()).isEqualTo(value);
    assertThat(letter.timestamp()).isEqualTo(ShopPayments.NOON.toEpochMilli());
    assertThat(header(letter, "trace")).isEqualTo("42");
    assertThat(header(letter, "millrace.error.code")).isEqualTo(bad.code().name());
    assertThat(header(letter, "millrace.error.stage")).isEqualTo("ingest");
    assertThat(header(letter, "millrace.error.detail")).contains(bad.detail());
    assertThat(header(letter, "__streams.errors.message")).contains(bad.detail());
    assertThat(header(letter, "__streams.errors.exception")).isNotEmpty();
    assertThat(header(letter, "__streams.errors.topic")).isEqualTo(ShopPayments.TOPIC);
    assertThat(header(letter, "__streams.errors.partition")).isEqualTo("0");
    assertThat(header(letter, "__streams.errors.offset")).isEqualTo("1");
  }

  @Test
  void aCorrectedEventWithTheSameIdIsAccepted() {
    ingest.send(ShopPayments.with(payment("p"), "amount", -1.0));
    ingest.send(payment("p"));

    assertThat(ingest.ids(ShopPayments.CLEAN)).containsExactly("p");
  }
}
