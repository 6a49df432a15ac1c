package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.Shop;
import dev.millrace.drift.ShopReferences;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.topics.Progress;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The whole job over sources that end. */
class BoundedDriftJobTest {
  private static final int WINDOWS = 8;
  private static final int PREDICTIONS = 200;

  /** Labels have come until the end of window 6, and predictions mature after 5 windows. */
  private static final int LABELLED_WINDOWS = 6;

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(2);

  @Test
  void doesNotAssumeLabelsThatMayStillCome() throws Exception {
    List<IncomingRecord> predictions = predictions();
    MemoryEnds ends = new MemoryEnds(predictions, labels()).bounded();

    run(ends);

    assertThat(ends.written("reports")).hasSize(WINDOWS);
    // All of the first window, and of the second the one at its start, are mature.
    assertThat(ends.written("outcomes"))
        .extracting(outcome -> (Long) ((GenericRecord) outcome).get("event_time"))
        .hasSizeBetween(PREDICTIONS, PREDICTIONS + 1)
        .allMatch(millis -> millis <= Shop.WINDOW);
  }

  @Test
  void reportsTheSameAsAStreamWhoseLabelsHaveComeByThen() throws Exception {
    MemoryEnds live = new MemoryEnds(predictions(), labels());
    run(live);
    List<String> expected = reports(live);

    MemoryEnds bounded = new MemoryEnds(predictions(), labels()).bounded();
    run(bounded);

    assertThat(reports(bounded)).isEqualTo(expected).hasSize(WINDOWS);
  }

  private static List<IncomingRecord> predictions() {
    List<IncomingRecord> predictions = new ArrayList<>();
    for (int window = 0; window < WINDOWS; window++) {
      for (GenericRecord prediction :
          Shop.window(window * Shop.WINDOW, PREDICTIONS, window < 3 ? 0 : 1.5)) {
        predictions.add(IncomingRecord.of(prediction, (Long) prediction.get("event_time"), 0, 0));
      }
    }
    return predictions;
  }

  private static List<IncomingRecord> labels() {
    long refunded = Shop.WINDOW + 1;
    return List.of(
        IncomingRecord.of(Shop.refund("e0", refunded), refunded, 0, 0),
        IncomingRecord.of(Progress.ofOne(LABELLED_WINDOWS * Shop.WINDOW, false, 0), 0, 1));
  }

  private static List<String> reports(MemoryEnds ends) {
    return ends.written("reports").stream()
        .map(report -> ((DriftReport) report).toString())
        .toList();
  }

  private static void run(MemoryEnds ends) throws Exception {
    Configuration settings = new Configuration();
    settings.set(PipelineOptions.GENERIC_TYPES, false);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
    env.setParallelism(1);
    assertThat(new DriftJob(Shop.pipeline(), ends).addTo(env, ShopReferences.referenceSet()))
        .isTrue();
    env.execute();
  }
}
