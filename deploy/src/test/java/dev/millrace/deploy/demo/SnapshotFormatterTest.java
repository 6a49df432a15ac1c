package dev.millrace.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotFormatterTest {
  private static final Instant NOW = Instant.parse("2026-01-05T00:00:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void theRateWarningIsAboveTheDriftTable() {
    List<String> lines = draw("rate not sustained: choose --rate 2500 or less");
    assertThat(lines).contains("  rate not sustained: choose --rate 2500 or less");
    assertThat(lines.indexOf("  rate not sustained: choose --rate 2500 or less"))
        .isLessThan(lines.indexOf("  drift           no window has ended yet"));
  }

  @Test
  void withoutAWarningNoWarningLineIsDrawn() {
    assertThat(draw("")).noneMatch(line -> line.contains("sustained"));
  }

  private static List<String> draw(String warning) {
    PipelineStatistics state = new PipelineStatistics();
    state.prediction(NOW, NOW.toEpochMilli(), NOW.toEpochMilli() - 17_000);
    return new SnapshotFormatter(false)
        .screen(
            state.snapshot(NOW),
            new SnapshotFormatter.Progress(MINUTE, MINUTE.multipliedBy(2), null),
            warning);
  }
}
