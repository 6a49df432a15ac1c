package dev.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
import java.util.List;
import java.util.Objects;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One clean partition, and the view behind it. */
class EventTimeTest {
  private static final long START = 1_700_000_000_000L;
  private static final long MINUTE = 60_000;
  private static final long DAY = 24 * 60 * MINUTE;
  private static final FeatureView VIEW =
      Objects.requireNonNull(Cards.PIPELINE.features().get("shop"));

  private long nowMillis;
  private long offset;
  private long watermark = Long.MIN_VALUE;
  private final EventTime time =
      new EventTime(Cards.PIPELINE.source("payments").lateness(), () -> nowMillis);

  @SuppressWarnings("NullAway.Init")
  private KeyedOneInputStreamOperatorTestHarness<String, ViewEvent, EncodedRow> operator;

  @BeforeEach
  void open() throws Exception {
    operator =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new AggregateOperator(Cards.PIPELINE, VIEW, Cards.REGISTRIES),
            ViewEvent::entity,
            Types.STRING);
    operator.setStateBackend(new HashMapStateBackend());
    operator.setup(
        TypeInformation.of(EncodedRow.class).createSerializer(new SerializerConfigImpl()));
    operator.open();
  }

  @AfterEach
  void close() throws Exception {
    operator.close();
  }

  @Test
  void anArrivalPartitionADayAheadDoesNotAgeWhatAnotherBrings() throws Exception {
    for (int minute = 0; minute < 5; minute++) {
      event("s", 1, minute * MINUTE);
    }
    event("other", 0, DAY);
    event("s", 1, 6 * MINUTE);

    assertThat(newestRow().get("features").toString()).contains("6");
    assertThat(operator.extractOutputValues()).allMatch(row -> row.value() != null);
  }

  @Test
  void aSilentArrivalPartitionIsLeftOut() throws Exception {
    event("s", 1, MINUTE);
    event("other", 0, DAY);
    assertThat(watermark).isEqualTo(START + MINUTE - 5_001);

    for (int second = 0; second < 6; second++) {
      nowMillis += 1_000;
      event("other", 0, DAY + second);
    }
    assertThat(watermark).isEqualTo(START + DAY + 5 - 5_001);
  }

  private GenericRecord newestRow() {
    AvroDecoder decoder =
        new AvroDecoder(
            Cards.REGISTRY,
            Topics.features(Cards.PIPELINE, "shop"),
            PipelineSchemas.featureRow(Cards.PIPELINE, VIEW));
    List<EncodedRow> rows = operator.extractOutputValues();
    return Cards.decode(decoder, Objects.requireNonNull(rows.get(rows.size() - 1).value()));
  }

  private void event(String shop, int arrival, long millis) throws Exception {
    long at = START + millis;
    @Nullable Object[] values = {true};
    ViewEvent event =
        new ViewEvent(0, shop, "p" + offset, at, at, arrival, false, 3, offset++, values);
    operator.processElement(event, at);
    WatermarkOutput output = new Output();
    time.onEvent(event, at, output);
    time.onPeriodicEmit(output);
    operator.processWatermark(new org.apache.flink.streaming.api.watermark.Watermark(watermark));
  }

  private final class Output implements WatermarkOutput {
    @Override
    public void emitWatermark(Watermark emitted) {
      watermark = Math.max(watermark, emitted.getTimestamp());
    }

    @Override
    public void markIdle() {}

    @Override
    public void markActive() {}
  }
}
