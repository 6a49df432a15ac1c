package dev.millrace.deploy.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.deadletter.ReplayDecision.Reason;
import dev.millrace.deploy.deadletter.ReplayDecision.Send;
import dev.millrace.deploy.deadletter.ReplayDecision.Skip;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.testing.ExamplePipeline;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is published again, and the status afterwards. */
class ReplayDecisionTest {
  private static final TopicPartition ARRIVAL = new TopicPartition("departures", 2);

  @SuppressWarnings("NullAway.Init") // JUnit calls load first.
  private Pipeline pipeline;

  @BeforeEach
  void load(@TempDir Path directory) {
    pipeline = PipelineFile.load(ExamplePipeline.FLIGHTS.writeTo(directory));
  }

  @Test
  void aRecordIsPublishedAgainUpToTheLargestNumberOfAttempts() {
    assertThat(decide(TestLetters.entry("ingest", Map.of()))).isEqualTo(new Send(1));
    assertThat(decide(TestLetters.entry("ingest", Map.of("millrace.replays", "2"))))
        .isEqualTo(new Send(3));
    assertSkipped(
        TestLetters.entry("ingest", Map.of("millrace.replays", "3")), Reason.TOO_MANY_ATTEMPTS);
  }

  @Test
  void onlyWhatIngestRejectedIsPublishedAgain() {
    assertSkipped(TestLetters.entry("inference", Map.of()), Reason.ACCEPTED_BY_INGEST);
    assertSkipped(TestLetters.entry("drift", Map.of()), Reason.ACCEPTED_BY_INGEST);
  }

  @Test
  void aCutRecordIsNotPublishedAgain() {
    assertSkipped(
        DeadLetterEntry.of(TestLetters.letter("ingest", new byte[2_000_000], Map.of())),
        Reason.CUT);
  }

  @Test
  void aDeadLetterIsReplayedOnceUnlessItsTopicWasCreatedAgain() {
    DeadLetterEntry entry = TestLetters.entry("ingest", Map.of());
    Replay replay = TestLetters.replay();
    assertThat(ReplayDecision.of(entry, pipeline, Map.of(replay.of(), replay), 3))
        .isInstanceOfSatisfying(
            Skip.class, skip -> assertThat(skip.reason()).isEqualTo(Reason.ALREADY_REPLAYED));
    Replay older = new Replay(replay.of(), "departures", 2, 54, 2, 80, 1, replay.at());
    assertThat(ReplayDecision.of(entry, pipeline, Map.of(older.of(), older), 3))
        .isEqualTo(new Send(1));
  }

  @Test
  void theStatusFollowsTheReplay() {
    DeadLetterEntry entry = TestLetters.entry("ingest", Map.of());
    assertThat(statuses(80).of(entry).text()).isEqualTo("sent");
    assertThat(statuses(81).of(entry).text()).isEqualTo("accepted");
    ReplayStatuses again = statuses(81);
    again.add(TestLetters.rejectedAgain());
    assertThat(again.of(entry).text()).isEqualTo("rejected-again:1:3");
    assertThat(again.of(TestLetters.rejectedAgain()).text()).isEqualTo("open");
  }

  @Test
  void aHeaderThatAProducerWroteChangesNoStatus() {
    ReplayStatuses statuses = statuses(81);
    // Claims to be a replay of 0:17, but is not the record that was published again.
    statuses.add(TestLetters.entry("ingest", Map.of("millrace.replay-of", "0:17")));
    assertThat(statuses.of(TestLetters.entry("ingest", Map.of())).text()).isEqualTo("accepted");
  }

  private static ReplayStatuses statuses(long read) {
    Replay replay = TestLetters.replay();
    return new ReplayStatuses(Map.of(replay.of(), replay), Map.of(ARRIVAL, read));
  }

  private ReplayDecision decide(DeadLetterEntry entry) {
    return ReplayDecision.of(entry, pipeline, Map.of(), 3);
  }

  private void assertSkipped(DeadLetterEntry entry, Reason reason) {
    assertThat(decide(entry))
        .isInstanceOfSatisfying(Skip.class, skip -> assertThat(skip.reason()).isEqualTo(reason));
  }
}
