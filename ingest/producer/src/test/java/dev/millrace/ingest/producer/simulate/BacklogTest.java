package dev.millrace.ingest.producer.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.ingest.producer.pacing.FakeTicker;
import dev.millrace.ingest.producer.publish.PublishException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BacklogTest {
  private final FakeTicker clock = new FakeTicker();
  private final Backlog backlog = new Backlog(Duration.ofSeconds(2), clock::nanoTime);

  private void pass(double seconds) {
    clock.nowNanos += (long) (seconds * 1e9);
  }

  private void send(int payments) {
    for (int i = 0; i < payments; i++) {
      backlog.sent();
    }
  }

  private void predict(int payments) {
    for (int i = 0; i < payments; i++) {
      backlog.predicted();
    }
  }

  @Test
  void aPipelineThatPredictsWithinTheLimitIsNotWaitedFor() {
    // 1,000 a second, each predicted after a second.
    send(100);
    for (int i = 0; i < 10; i++) {
      pass(0.1);
      predict(10);
      send(100);
    }
    assertThat(backlog.exceedsLimit()).as("1,000 wait, and 100 were predicted").isTrue();
    for (int i = 0; i < 100; i++) {
      pass(0.1);
      predict(100);
      send(100);
      assertThat(backlog.exceedsLimit()).as("after %d intervals", i).isEqualTo(i < 8);
    }
  }

  @Test
  void asManyPaymentsMayWaitAsThePipelinePredictsWithinTheLimit() {
    send(600);
    predict(500);
    send(400);
    assertThat(backlog.exceedsLimit()).as("500 wait, 500 were predicted").isFalse();
    send(1);
    assertThat(backlog.exceedsLimit()).isTrue();
    predict(1);
    assertThat(backlog.exceedsLimit()).isFalse();
    pass(2.1);
    assertThat(backlog.exceedsLimit()).as("no prediction in the last two seconds").isTrue();
    predict(400);
    assertThat(backlog.exceedsLimit()).isFalse();
  }

  @Test
  void aRepeatedPredictionOfAnEmptyBacklogIsIgnored() {
    predict(50);
    pass(3);
    send(101);

    assertThat(backlog.exceedsLimit()).isTrue();
  }

  @Test
  void aPipelineThatDoesNotPredictIsAnError() {
    pass(1_000);
    send(102);
    pass(100);
    assertThat(backlog.exceedsLimit()).isTrue();
    predict(1);
    pass(100);
    assertThat(backlog.exceedsLimit()).as("a prediction 100 s ago").isTrue();
    pass(21);

    assertThatThrownBy(backlog::exceedsLimit)
        .isInstanceOf(PublishException.class)
        .hasMessage(
            "the pipeline has written no prediction for 120 s, while 101 payments wait for one: start it, or omit"
                + " --max-lag; payments that were sent before, or are late, have none");
  }

  @Test
  void predictionsThatCannotBeReadAreAnError() {
    backlog.fail(new PublishException("no predictions"));

    assertThatThrownBy(backlog::exceedsLimit).hasMessage("no predictions");
  }
}
