package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.Shop;
import dev.millrace.drift.ShopReferences;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.flink.source.IncomingRecord;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The whole job in a mini cluster, with sources and sinks in memory. */
class DriftJobRunTest {
  private static final int WINDOWS = 6;
  private static final int PREDICTIONS = 200;
  private static final int FIRST_DRIFTED = 3;

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(2);

  @Test
  void writesOutcomesReportsAlertsAndTriggersToTheirSinks() throws Exception {
    List<IncomingRecord> predictions = new ArrayList<>();
    List<IncomingRecord> refunds = new ArrayList<>();
    for (int window = 0; window < WINDOWS; window++) {
      long start = window * Shop.WINDOW;
      for (GenericRecord prediction :
          Shop.window(start, PREDICTIONS, window < FIRST_DRIFTED ? 0 : 1.5)) {
        predictions.add(incoming(prediction, (Long) prediction.get("event_time")));
        if (predictions.size() % 7 == 0) {
          long refunded = start + Shop.WINDOW;
          refunds.add(
              incoming(Shop.refund((String) prediction.get("event_id"), refunded), refunded));
        }
      }
    }
    MemoryEnds ends = new MemoryEnds(predictions, refunds);

    run(ends);

    assertThat(ends.written("outcomes"))
        .hasSize(WINDOWS * PREDICTIONS)
        .filteredOn(outcome -> outcome.toString().contains("OBSERVED"))
        .hasSize(refunds.size());
    assertThat(ends.written("reports"))
        .extracting(report -> ((DriftReport) report).getSamples())
        .containsExactlyInAnyOrder(200L, 200L, 200L, 200L, 200L, 200L);
    assertThat(ends.written("alerts")).hasSize(1);
    assertThat(ends.written("triggers")).hasSize(1);
    assertThat(ends.written("dead-letters")).isEmpty();
  }

  private static void run(MemoryEnds ends) throws Exception {
    Configuration settings = new Configuration();
    settings.set(PipelineOptions.GENERIC_TYPES, false);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
    env.setParallelism(1);
    DriftJob job = new DriftJob(Shop.pipeline(), ends);
    assertThat(job.addTo(env, ShopReferences.referenceSet())).isTrue();
    env.execute();
  }

  private static IncomingRecord incoming(GenericRecord record, long timeMillis) {
    return IncomingRecord.of(record, timeMillis, 0, 0);
  }
}
