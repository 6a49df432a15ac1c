package dev.millrace.deploy.drift.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChartTest {
  private static final Pattern TIME = Pattern.compile("<text x=\"([0-9.]+)\" y=\"\\d+\">");

  /** A letter is 6 units wide. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 6, 14, 551})
  void timesDoNotOverlap(int windows) {
    Chart chart = new Chart("p-value", windows, 0, 1);
    String name = "2026-01-26 00:00";
    chart.times(Collections.nCopies(windows, name));
    List<Double> starts = new ArrayList<>();
    Matcher times = TIME.matcher(chart.toString());
    while (times.find()) {
      starts.add(Double.parseDouble(times.group(1)));
    }
    assertThat(starts).isNotEmpty();
    for (int i = 1; i < starts.size(); i++) {
      assertThat(starts.get(i) - starts.get(i - 1)).isGreaterThan(6 * name.length());
    }
    assertThat(starts.get(starts.size() - 1) + 6 * name.length()).isLessThan(540);
  }
}
