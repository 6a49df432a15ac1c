package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.wire.Incoming;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.junit.jupiter.api.Test;

class EventClockTest {
  private final List<Long> watermarks = new ArrayList<>();
  private final EventClock clock = new EventClock(Duration.ofMillis(100));

  @Test
  void anEventTimeAheadOfItsClockDoesNotMoveTheWatermark() {
    event(1_000, 1_000);
    event(9_000_000, 1_010);
    event(500, 1_005);

    assertThat(watermarks).containsExactly(899L, 909L, 909L);
  }

  @Test
  void withoutAClockThereIsNoWatermark() {
    event(1_000, Incoming.NO_CLOCK);

    assertThat(watermarks).isEmpty();
  }

  private void event(long timeMillis, long clockMillis) {
    WatermarkOutput output = new Output();
    clock.onEvent(new Incoming(null, null, 0, clockMillis), timeMillis, output);
    clock.onPeriodicEmit(output);
  }

  private final class Output implements WatermarkOutput {
    @Override
    public void emitWatermark(Watermark watermark) {
      watermarks.add(watermark.getTimestamp());
    }

    @Override
    public void markIdle() {
      throw new AssertionError();
    }

    @Override
    public void markActive() {
      throw new AssertionError();
    }
  }
}
