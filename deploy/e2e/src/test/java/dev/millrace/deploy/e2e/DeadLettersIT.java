package dev.millrace.deploy.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.deploy.deadletter.DeadLetterEntry;
import dev.millrace.deploy.deadletter.ReplayDecision;
import dev.millrace.deploy.deadletter.Replayer;
import dev.millrace.deploy.e2e.orders.ReturnsProducer;
import dev.millrace.deploy.e2e.pipeline.Packaged;
import dev.millrace.deploy.e2e.pipeline.RunningIngest;
import dev.millrace.deploy.e2e.pipeline.RunningIngest.Output;
import dev.millrace.deploy.process.PlatformException;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.topics.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code millrace dlq} on a real broker and registry, with ingest. The tests are steps: bad
 * records, the cause mended, replays until nothing is left to replay.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@SuppressWarnings("NullAway.Init") // JUnit calls start first.
class DeadLettersIT {
  private static final String TOPIC = "returns";
  private static final int GOOD = 60;

  /** Break the contract; accepted after it is mended. */
  private static final int NEGATIVE = 7;

  /** Have a schema of another subject; accepted after it is registered under the topic's. */
  private static final int OTHER_SUBJECT = 5;

  /** Can never be decoded. */
  private static final int POISON = 4;

  private static final int CUT = 1;
  private static final int REPLAYABLE = NEGATIVE + OTHER_SUBJECT + POISON;

  private final long nowMillis = System.currentTimeMillis() - TimeUnit.MINUTES.toMillis(10);
  private RunningIngest ingest;
  private Path file;
  private Pipeline pipeline;
  private Source source;
  private Schema newer;
  private ReturnsProducer producer;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    Path resources = Path.of(DeadLettersIT.class.getResource("/returns").toURI());
    file = Packaged.copy(resources, directory.resolve("pipeline")).resolve("pipeline.yaml");
    pipeline = PipelineFile.load(file);
    source = pipeline.source(TOPIC);
    newer = ReturnsProducer.newer(source.schema());
    ingest = new RunningIngest(directory);
    ingest.start(file);
    producer = new ReturnsProducer(ingest.cluster().clientSettings(), TOPIC, nowMillis);
  }

  @AfterAll
  void stop() {
    if (producer != null) {
      producer.close();
    }
    if (ingest != null) {
      ingest.close();
    }
  }

  @Test
  @Order(1)
  void badRecordsAreListedAndCounted() throws Exception {
    AvroEncoder good = AvroEncoder.forTopic(ingest.registry(), TOPIC, source.schema());
    AvroEncoder other = AvroEncoder.forTopic(ingest.registry(), "other", newer);
    for (int i = 0; i < GOOD; i++) {
      // The partition is not the key's, so that most events go through the rekeyed topic.
      producer.send(
          i % 3, i, good.encode(producer.event(source.schema(), "good" + i, i, 10)), "shop");
    }
    for (int i = 0; i < NEGATIVE; i++) {
      producer.send(
          i % 3, i, good.encode(producer.event(source.schema(), "negative" + i, i, -1)), "till\n7");
    }
    for (int i = 0; i < OTHER_SUBJECT; i++) {
      producer.send(i % 3, i, other.encode(producer.event(newer, "other" + i, i, 10)), "shop");
    }
    for (int i = 0; i < POISON; i++) {
      producer.send(i % 3, i, ("{\"return_id\": \"poison" + i + "\"}").getBytes(UTF_8), "shop");
    }
    producer.send(1, 0, new byte[1_000_000], "shop");
    producer.flush();

    ingest.await(Topics.clean(pipeline, TOPIC), GOOD);
    ingest.await(Topics.deadLetters(pipeline), REPLAYABLE + CUT);
    Output list = ok("list");
    assertThat(list.out().lines())
        .hasSize(REPLAYABLE + CUT)
        .allMatch(line -> line.contains("  open  "));
    assertThat(ok("list", "--code=CONTRACT", "--limit=3").out().lines()).hasSize(3);
    assertThat(ok("list", "--producer=till_7", "--source=returns").out().lines())
        .hasSize(NEGATIVE)
        .allMatch(line -> line.contains("amount = -1.0"));
    assertThat(ok("list", "--stage=inference").out()).isEmpty();
    assertCounts(
        "7 CONTRACT returns till_7 open",
        "5 SUBJECT_MISMATCH returns shop open",
        "4 BAD_MAGIC returns shop open");
    // Not the number: records of an aborted transaction are counted again.
    assertThat(ingest.metrics())
        .contains(
            "millrace_ingest_dead_letters_by_producer_total{pipeline=\"returns\",source=\"returns\",producer=\"till_7\",code=\"CONTRACT\",}");
  }

  @Test
  @Order(2)
  void showDecodesTheValueAndMasksPersonalData() throws Exception {
    String contract = position("CONTRACT");
    assertThat(ok("show", contract).out())
        .contains("CONTRACT", "positive_amount", "open", "\"card\" : \"***\"", "\"amount\" : -1.0")
        .contains("trace = 42")
        .doesNotContain("4111");
    assertThat(ok("show", contract, "--raw").out()).contains("34 31 31 31");
    assertThat(ok("show", position("BAD_MAGIC")).out())
        .contains("BAD_MAGIC", "not shown, since it may contain a field with the property pii");
    assertThat(ok("show", position("SUBJECT_MISMATCH")).out()).contains("\"reason\" : \"broken\"");
    Output missing = dlq("show", "0:99999");
    assertThat(missing.exitCode()).isEqualTo(1);
    assertThat(missing.err())
        .contains("has no record at 0:99999")
        .doesNotContain("at dev.millrace");
  }

  @Test
  @Order(3)
  void aDryRunAndAReplayThatIsInterruptedSendNothing() throws Exception {
    Output dry = ok("replay", "--dry-run");
    assertThat(dry.err()).contains(REPLAYABLE + " records would be published again; 1 not: cut");
    assertThat(dry.out()).contains("not published again: it was too large");

    ConsumerRecord<byte[], byte[]> letter = ingest.read(Topics.deadLetters(pipeline)).get(0);
    DeadLetterEntry entry = DeadLetterEntry.of(letter);
    try (Replayer first = Replayer.start(ingest.cluster(), pipeline)) {
      first.send(letter, entry, new ReplayDecision.Send(1));
      try (Replayer second = Replayer.start(ingest.cluster(), pipeline)) {
        assertThat(second.commit()).isZero();
      }
      assertThatThrownBy(first::commit)
          .isInstanceOf(PlatformException.class)
          .hasMessageContaining("another replay of this pipeline started");
    }
    assertThat(sourceRecords()).isEqualTo(GOOD + REPLAYABLE + CUT);
    assertThat(ingest.read(Topics.deadLetterReplays(pipeline))).isEmpty();
  }

  @Test
  @Order(4)
  void recordsWhoseCauseIsMendedAreAccepted() throws Exception {
    Files.writeString(file, Files.readString(file).replace("amount > 0.0", "amount > -1000.0"));
    ingest.start(file);
    ingest.registry().register(TOPIC + "-value", newer);

    assertThat(ok("replay").err()).contains(REPLAYABLE + " records published again; 1 not: cut");
    List<ConsumerRecord<byte[], byte[]>> clean =
        ingest.await(Topics.clean(pipeline, TOPIC), GOOD + NEGATIVE + OTHER_SUBJECT);
    ingest.await(Topics.deadLetters(pipeline), REPLAYABLE + CUT + POISON);
    assertThat(clean).hasSize(GOOD + NEGATIVE + OTHER_SUBJECT);
    assertThat(clean).allSatisfy(event -> assertThat(header(event, "trace")).isEqualTo("42"));
    assertThat(sourceRecords()).isEqualTo(GOOD + REPLAYABLE + CUT + REPLAYABLE);
    assertCounts(
        "7 CONTRACT returns till_7 accepted",
        "5 SUBJECT_MISMATCH returns shop accepted",
        "4 BAD_MAGIC returns shop rejected-again",
        "4 BAD_MAGIC returns shop open");
    assertThat(ok("show", position("CONTRACT")).out()).contains("and not rejected");
  }

  @Test
  @Order(5)
  void whatWasReplayedIsNotReplayedAgain() throws Exception {
    long before = sourceRecords();
    assertThat(ok("replay", "--code=CONTRACT,SUBJECT_MISMATCH").err())
        .contains("0 records published again; 12 not: already replayed");
    assertThat(sourceRecords()).isEqualTo(before);
    assertThat(ok("replay", "--max-attempts=1").err())
        .contains("0 records published again", "4 not: too many attempts");
    assertThat(sourceRecords()).isEqualTo(before);
  }

  @Test
  @Order(6)
  void poisonStopsAtTheLargestNumberOfAttempts() throws Exception {
    int letters = REPLAYABLE + CUT + POISON;
    for (int attempt = 2; attempt <= 3; attempt++) {
      assertThat(ok("replay").err()).contains(POISON + " records published again");
      letters += POISON;
      ingest.await(Topics.deadLetters(pipeline), letters);
    }
    long before = sourceRecords();
    assertThat(ok("replay").err())
        .contains("0 records published again", "4 not: too many attempts");
    assertThat(sourceRecords()).isEqualTo(before);

    assertThat(ingest.read(Topics.deadLetters(pipeline))).hasSize(letters);
    assertThat(ingest.read(Topics.clean(pipeline, TOPIC))).hasSize(GOOD + NEGATIVE + OTHER_SUBJECT);
    assertCounts("12 BAD_MAGIC returns shop rejected-again", "4 BAD_MAGIC returns shop open");
    Set<String> values = new HashSet<>();
    for (ConsumerRecord<byte[], byte[]> letter : ingest.read(Topics.deadLetters(pipeline))) {
      if (header(letter, "millrace.replays").equals("3")) {
        assertThat(header(letter, "trace")).isEqualTo("42");
        values.add(new String(letter.value(), UTF_8));
      }
    }
    assertThat(values).hasSize(POISON);
  }

  private void assertCounts(String... rows) throws Exception {
    List<String> table =
        ok("list", "--count")
            .out()
            .lines()
            .map(line -> line.strip().replaceAll(" +", " "))
            .toList();
    assertThat(table).contains(rows);
  }

  /** The position of the first dead letter with a code. */
  private String position(String code) throws Exception {
    return ok("list", "--code=" + code).out().split(" ", 2)[0];
  }

  private long sourceRecords() {
    return ingest.read(TOPIC).size();
  }

  private Output ok(String command, String... arguments) throws Exception {
    Output output = dlq(command, arguments);
    assertThat(output.exitCode()).as("%s", output).isZero();
    return output;
  }

  private Output dlq(String command, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("dlq", command, file.toString()));
    all.addAll(List.of(arguments));
    return ingest.millrace(all.toArray(String[]::new));
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    var header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }
}
