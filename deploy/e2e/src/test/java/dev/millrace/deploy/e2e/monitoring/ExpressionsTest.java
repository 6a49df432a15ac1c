package dev.millrace.deploy.e2e.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExpressionsTest {
  @Test
  void findsTheSelectorsOfAnExpression() {
    assertThat(
            Expressions.selectors(
                "1 - sum by (a, b) (rate(x_bucket{le=\"1.0\"}[5m] offset 2d)) / ignoring (c) l:y:rate5m > 14.4 * 0.01"
                    + " unless on (p) group by (p) (up{c=~\"a|b\"}) or vector(0)"))
        .containsExactly("x_bucket{le=\"1.0\"}", "l:y:rate5m", "up{c=~\"a|b\"}");
    assertThat(Expressions.selectors("label_replace(up{a=\"b\"}, \"c\", \"d\", \"\", \"\")"))
        .containsExactly("up{a=\"b\"}");
  }

  @Test
  void dividesDurationsBySixty() {
    assertThat(
            Scaled.text(
                "rate(x[5m]) > 15 * 60 and y:rate1h offset 2d, for: 30s 14.4 localhost:9101"))
        .isEqualTo("rate(x[5s]) > 15 * 1 and y:rate1m offset 48m, for: 1s 14.4 localhost:9101");
  }
}
