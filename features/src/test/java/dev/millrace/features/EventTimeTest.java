package dev.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.operator.AggregateOperator;
import dev.millrace.features.operator.FeatureRow;
import dev.millrace.features.operator.FeatureRowSerializer;
import dev.millrace.features.source.ViewEvent;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.pipeline.FeatureView;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.clock.RelativeClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The watermarks of one partition of a source, and the operator of a view. */
class EventTimeTest {
  private static final long START = 1_700_000_000_000L;
  private static final long MINUTE = 60_000;
  private static final long DAY = 24 * 60 * MINUTE;
  private static final FeatureView VIEW = Cards.view("shop");

  private long nowMillis;
  private long offset;
  private long watermark = Long.MIN_VALUE;
  private boolean idle;
  private final WatermarkGenerator<IncomingRecord> generator =
      FeaturesJob.watermarks(Cards.PIPELINE.source("payments"))
          .createWatermarkGenerator(new Context());

  @SuppressWarnings("NullAway.Init")
  private KeyedOneInputStreamOperatorTestHarness<String, ViewEvent, FeatureRow> operator;

  @BeforeEach
  void open() throws Exception {
    operator =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new AggregateOperator(Cards.PIPELINE, VIEW), ViewEvent::entity, Types.STRING);
    operator.setStateBackend(new HashMapStateBackend());
    operator.setup(FeatureRowSerializer.TYPE.createSerializer(new SerializerConfigImpl()));
    operator.open();
  }

  @AfterEach
  void close() throws Exception {
    operator.close();
  }

  @Test
  void anArrivalPartitionADayAheadDoesNotMakeEventsOfAnotherLate() throws Exception {
    for (int minute = 0; minute < 5; minute++) {
      event("s", 1, minute * MINUTE);
    }
    event("other", 0, DAY);
    event("s", 1, 6 * MINUTE);

    assertThat(newestRow().get("features").toString()).contains("6");
    assertThat(operator.extractOutputValues()).noneMatch(FeatureRow::isTombstone);
  }

  @Test
  void leavesOutASilentArrivalPartition() throws Exception {
    event("s", 1, MINUTE);
    event("other", 0, DAY);
    assertThat(watermark).isEqualTo(START + MINUTE - 5_001);

    for (int second = 0; second < 6; second++) {
      nowMillis += 1_000;
      event("other", 0, DAY + second);
    }
    assertThat(watermark).isEqualTo(START + DAY + 5 - 5_001);
  }

  /** An event two years ahead, whose event clock does not include its time. */
  @Test
  void oneEventFarAheadDoesNotMoveTheWatermark() {
    emit(record(START + 730 * DAY, START + MINUTE, false));

    assertThat(watermark).isEqualTo(START + MINUTE - 5_001);
  }

  @Test
  void anOlderEventDoesNotMoveTheWatermark() {
    emit(record(START + 70_000, START + 70_000, false));
    emit(record(START + 60_000, START + 60_000, false));

    assertThat(watermark).isEqualTo(START + 70_000 - 5_001);
  }

  @Test
  void lateEventsDoNotMoveTheWatermark() {
    emit(record(START + 70_000, IncomingRecord.NO_CLOCK, true));

    assertThat(watermark).isEqualTo(Long.MIN_VALUE);
    assertThat(idle).isTrue();
  }

  private GenericRecord newestRow() {
    List<FeatureRow> rows = operator.extractOutputValues();
    return Cards.decoded(VIEW, rows.get(rows.size() - 1));
  }

  private void event(String shop, int arrival, long millis) throws Exception {
    long at = START + millis;
    @Nullable Object[] values = {true};
    ViewEvent event = new ViewEvent(0, shop, "p" + offset, at, false, 3, offset++, values);
    operator.processElement(event, at);
    emit(new IncomingRecord(null, null, at, at, arrival, false, 3, offset));
    operator.processWatermark(new org.apache.flink.streaming.api.watermark.Watermark(watermark));
  }

  private static IncomingRecord record(long timeMillis, long clockMillis, boolean late) {
    return new IncomingRecord(null, null, timeMillis, clockMillis, 0, late, 3, 0);
  }

  private void emit(IncomingRecord record) {
    WatermarkOutput output = new Output();
    generator.onEvent(record, record.eventTimeMillis(), output);
    generator.onPeriodicEmit(output);
  }

  private final class Context implements WatermarkGeneratorSupplier.Context {
    @Override
    public MetricGroup getMetricGroup() {
      return new UnregisteredMetricsGroup();
    }

    @Override
    public RelativeClock getInputActivityClock() {
      return new RelativeClock() {
        @Override
        public long relativeTimeMillis() {
          return nowMillis;
        }

        @Override
        public long relativeTimeNanos() {
          return nowMillis * 1_000_000;
        }
      };
    }
  }

  private final class Output implements WatermarkOutput {
    @Override
    public void emitWatermark(Watermark emitted) {
      watermark = Math.max(watermark, emitted.getTimestamp());
    }

    @Override
    public void markIdle() {
      idle = true;
    }

    @Override
    public void markActive() {}
  }
}
