package dev.millrace.inference.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.inference.repartition.RepartitionedRows;
import dev.millrace.inference.topology.RepartitionCluster.Output;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Wait;
import dev.millrace.schemas.topics.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;

/** The wait of events for rows that other partitions keep, step by step. */
class RepartitionWaitTest {
  private static final long START = TestDriver.START.toEpochMilli();
  private static final long TIMEOUT = RepartitionedRows.ANSWER_TIMEOUT.toMillis();
  private static final Pipeline PIPELINE = pipeline();

  private final RepartitionCluster cluster = new RepartitionCluster(PIPELINE);

  private static Pipeline pipeline() {
    Wait none = Wait.atMost(Duration.ZERO);
    return Payments.pipeline(
        false,
        Payments.view("logins", "logins", "card", none),
        Payments.repartitioned(Payments.view("merchant", "payments", "merchant", none)));
  }

  /** Rows of six merchants, which are in several partitions, and of the cards. */
  private void rows() {
    for (int i = 0; i < 6; i++) {
      cluster.row(-1, new RowTwin.Step("merchant", "m" + i, START, 1, 10.0 + i));
    }
    for (int partition = 0; partition < 4; partition++) {
      cluster.row(partition, new RowTwin.Step("logins", "c" + partition, START, 1, 1.0));
    }
    cluster.settle(new Random(1));
  }

  /** One event of each partition and merchant, whose questions are sent. */
  private void ask() {
    rows();
    for (int partition = 0; partition < 4; partition++) {
      for (int i = 0; i < 6; i++) {
        cluster.event(partition, "c" + partition, "m" + i, START + 5);
      }
    }
    cluster.run(true);
    assertThat(predictions()).isEmpty();
  }

  private List<GenericRecord> predictions() {
    return IntStream.range(0, 4)
        .mapToObj(cluster::outputs)
        .flatMap(List::stream)
        .map(Output::prediction)
        .map(Objects::requireNonNull)
        .toList();
  }

  private void assertAll(String result, boolean isFound) {
    assertThat(predictions()).hasSize(24);
    for (GenericRecord prediction : predictions()) {
      long offset = (long) TestDriver.record(prediction, "source").get("offset");
      assertThat(TestDriver.waitResult(prediction)).isEqualTo(result);
      assertThat(TestDriver.record(prediction, "inputs", "merchant_amount_sum_1h").get("value"))
          .isEqualTo(isFound ? Double.valueOf(10.0 + offset) : null);
      assertThat(TestDriver.record(prediction, "inputs", "logins_amount_sum_1h").get("value"))
          .isEqualTo(1.0);
    }
  }

  @Test
  void answersComeFromEveryPartition() {
    ask();
    cluster.run(false);
    cluster.run(true);
    assertAll("NOT_AWAITED", true);
    cluster.assertNothingKept();
  }

  @Test
  void anEventIsScoredWithoutAnswersWhenTheyDoNotCome() {
    ask();
    cluster.pass(TIMEOUT - 1);
    cluster.run(true);
    assertThat(predictions()).isEmpty();
    cluster.pass(1);
    cluster.run(true);
    assertAll("UNANSWERED", false);
    cluster.run(false);
    cluster.run(true);
    assertThat(predictions()).as("late answers are dropped").hasSize(24);
    cluster.assertNothingKept();
  }

  @Test
  void anEventAsksAgainAfterARestart() {
    ask();
    cluster.crash(true);
    cluster.pass(20);
    cluster.run(true);
    cluster.run(false);
    cluster.run(true);
    assertAll("NOT_AWAITED", true);
    cluster.assertNothingKept();
  }

  @Test
  void questionsThatWereLostWhileNoProcessRanAreAskedAgain() {
    ask();
    for (int i = 0; i < 1_000; i++) {
      cluster.lose(Topics.rowQuestions(PIPELINE), new Random(i));
    }
    cluster.run(false);
    cluster.crash(true);
    cluster.pass(20);
    cluster.run(true);
    cluster.run(false);
    cluster.run(true);
    assertAll("NOT_AWAITED", true);
  }

  @Test
  void aTaskThatAnswersStartsAgainAtItsLastCommit() {
    ask();
    cluster.crash(false);
    cluster.run(false);
    cluster.run(true);
    assertAll("NOT_AWAITED", true);
  }

  @Test
  void aVectorThatComesBeforeTheAnswersIsUsed() {
    ask();
    cluster.vector(2, "c2", 3, START + 5);
    cluster.run(true);
    assertThat(predictions()).hasSize(1);
    assertThat(TestDriver.waitResult(predictions().get(0))).isEqualTo("ARRIVED");
    cluster.run(false);
    cluster.run(true);
    assertThat(predictions()).hasSize(24);
    cluster.assertNothingKept();
  }

  /** A newer row of the card would be one that the event must not know. */
  @Test
  void theRowsOfTheOwnPartitionAreThoseOfTheQuestion() {
    ask();
    for (int partition = 0; partition < 4; partition++) {
      cluster.row(partition, new RowTwin.Step("logins", "c" + partition, START + 9, 1, 2.0));
    }
    cluster.run(true);
    cluster.crash(true);
    cluster.pass(20);
    cluster.run(true);
    cluster.run(false);
    cluster.run(true);
    assertAll("NOT_AWAITED", true);
  }
}
