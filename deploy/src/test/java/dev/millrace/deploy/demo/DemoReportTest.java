package dev.millrace.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoReportTest {
  @Test
  void aFalseAlarmFails() {
    assertThat(report(0, 0).passed()).isTrue();
    assertThat(report(0, 1).passed()).isFalse();
  }

  @Test
  void anEventThatEndedTwiceFails() {
    assertThat(report(1, 0).passed()).isFalse();
  }

  private static DemoReport report(long endedTwice, long falseAlarms) {
    return new DemoReport(
        20,
        100,
        100,
        Map.of(),
        0,
        0,
        0,
        0,
        endedTwice,
        new DemoReport.LatencyMillis(1, 2),
        null,
        new DemoReport.Drift(
            "2026-01-17T00:00:00Z", "2026-01-18T00:00:00Z", 1L, falseAlarms, List.of("amount")),
        List.of(),
        List.of());
  }
}
