package dev.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.source.Question;
import dev.millrace.features.source.Question.Part;
import dev.millrace.features.view.GenerationPlan;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.apache.avro.generic.GenericData;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The job of an aligned pipeline after all its sources were silent. */
class SilenceTest {
  private static final Pipeline PIPELINE = Cards.aligned();
  private static final long START = 1_700_000_000_000L;

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.extension();

  /**
   * The progress does not move with the first events, which are out of order. The vector of the
   * first one tells that the job had taken its sources for idle.
   */
  @Test
  void questionsWaitThoughProgressHasNotMovedSinceTheSilence(
      @InjectMiniCluster MiniCluster cluster, @TempDir Path directory) throws Exception {
    IncomingRecord silent = progress(0, 0, true);
    LogSource.LOGS.put("visits", List.of(List.of(silent), List.of(progress(1, 0, true))));
    LogSource.LOGS.put(
        "payments",
        List.of(
            List.of(
                payment("before", 1_000, 0),
                silent,
                progress(0, 0, false),
                payment("newer", 61_000, 3),
                payment("older", 60_000, 4),
                progress(0, 3_600_000, false)),
            List.of(progress(1, 0, true), progress(1, 3_600_000, false))));
    EvolvingJob job = new EvolvingJob("silence", PIPELINE, GenerationPlan.first(PIPELINE), null);
    job.allow("visits", List.of(1, 1));
    job.allow("payments", List.of(2, 1));
    job.awaitVectors(1);
    job.allow("payments", List.of(5, 1));
    job.awaitRead("payments", List.of(5, 1));
    job.allow("payments", List.of(6, 2));
    job.awaitVectors(3);
    assertThat(job.vectors().stream().map(SilenceTest::payments))
        .containsExactly("before 1", "older 2", "newer 3");
    job.stop(cluster, directory);
  }

  /** The event and the number of payments of its card within an hour. */
  private static String payments(Question vector) {
    int index = Cards.use(PIPELINE, "card").index();
    Part part = Objects.requireNonNull(vector.parts()[index]);
    for (int i = 0; i < part.features().length; i++) {
      if (Cards.view("card").features().get(i).name().equals("amount_count_1h")) {
        return vector.eventId() + " " + part.features()[i];
      }
    }
    throw new AssertionError("no count");
  }

  private static IncomingRecord payment(String id, long time, long offset) {
    GenericData.Record payment = new GenericData.Record(PIPELINE.scored().schema());
    payment.put("payment_id", id);
    payment.put("card", "c");
    payment.put("shop", "s");
    payment.put("paid_at", START + time);
    payment.put("amount", 5.0);
    return IncomingRecord.of(payment, START + time, 0, offset);
  }

  private static IncomingRecord progress(int partition, long time, boolean idle) {
    return IncomingRecord.of(Progress.ofOne(START + time, idle, 0), partition, 0);
  }
}
