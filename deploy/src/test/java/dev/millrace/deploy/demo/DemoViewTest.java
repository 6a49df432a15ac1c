package dev.millrace.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoViewTest {
  private static final Instant NOW = Instant.parse("2026-01-05T00:00:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void aLoopThatFallsBehindSaysSoAboveTheDrift() {
    List<String> lines = draw("falling behind: choose --rate 2500 or less");
    assertThat(lines).contains("  falling behind: choose --rate 2500 or less");
    assertThat(lines.indexOf("  falling behind: choose --rate 2500 or less"))
        .isLessThan(lines.indexOf("  drift           the first window has not ended yet"));
  }

  @Test
  void aLoopThatKeepsUpShowsNoSuchLine() {
    assertThat(draw("")).noneMatch(line -> line.contains("behind"));
  }

  private static List<String> draw(String behind) {
    PipelineStatistics state = new PipelineStatistics();
    state.prediction(NOW, NOW.toEpochMilli(), NOW.toEpochMilli() - 17_000);
    return new DemoView(false)
        .draw(
            state.snapshot(NOW),
            new DemoView.Position(MINUTE, MINUTE.multipliedBy(2), null),
            behind);
  }
}
