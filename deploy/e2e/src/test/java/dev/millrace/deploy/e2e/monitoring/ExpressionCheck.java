package dev.millrace.deploy.e2e.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.deploy.e2e.monitoring.Expressions.Expression;
import dev.millrace.deploy.e2e.pipeline.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Evaluates every expression on a running Prometheus, and prints what it found. Those of panels and
 * recording rules must have a value. Those of alerts have one only during a fault, so each of their
 * selectors must find a series. Those of runbooks must be valid.
 */
public final class ExpressionCheck {
  /** Metrics of other programs, which the platform of the test does not have. */
  private static final String OF_OTHERS = "(node|kubelet)_.*";

  /** Series that come with a late window, or between two scrapes, may need a moment. */
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private static final int SHOWN = 3;

  private final MonitoringStack stack;
  private final String pipeline;
  private final List<String> problems = new ArrayList<>();

  public ExpressionCheck(MonitoringStack stack, String pipeline) {
    this.stack = stack;
    this.pipeline = pipeline;
  }

  public void check() throws Exception {
    List<Expression> panels = Expressions.ofPanels(pipeline);
    for (Expression panel : panels) {
      requireValue(panel);
    }
    List<String> recorded = MonitoringFiles.recorded();
    for (String series : recorded) {
      requireValue(new Expression("recorded", Scaled.text(series)));
    }
    List<Expression> alerts = Expressions.ofAlerts();
    for (Expression alert : alerts) {
      requireValid(alert);
      for (String selector : Expressions.selectors(alert.text())) {
        if (!selector.matches(OF_OTHERS)) {
          requireValue(new Expression(alert.where(), selector));
        }
      }
    }
    List<Expression> runbooks = Expressions.ofRunbooks(pipeline);
    for (Expression runbook : runbooks) {
      requireValid(runbook);
    }
    System.out.printf(
        "%d expressions of panels, %d recorded series, %d alerts and %d expressions of runbooks: %d problems%n",
        panels.size(), recorded.size(), alerts.size(), runbooks.size(), problems.size());
    assertThat(panels).isNotEmpty();
    assertThat(problems).isEmpty();
  }

  private void requireValid(Expression expression) throws Exception {
    JsonNode answer = stack.query(expression.text());
    if (!answer.path("status").asText().equals("success")) {
      problems.add(
          "%s: %s%n    %s"
              .formatted(
                  expression.where(), answer.path("error").asText(), expression.text().strip()));
    }
  }

  private void requireValue(Expression expression) throws Exception {
    JsonNode[] result = {stack.query(expression.text())};
    try {
      Await.condition(
          expression.where() + ": " + expression.text(),
          TIMEOUT,
          () -> {
            result[0] = stack.query(expression.text());
            return !result[0].path("status").asText().equals("success")
                || !result[0].path("data").path("result").isEmpty();
          });
    } catch (ConditionTimeoutException e) {
      problems.add("%s is empty: %s".formatted(expression.where(), expression.text().strip()));
    }
    if (!result[0].path("status").asText().equals("success")) {
      requireValid(expression);
    }
    print(expression, result[0].path("data").path("result"));
  }

  private static void print(Expression expression, JsonNode series) {
    List<String> values = new ArrayList<>();
    series.forEach(each -> values.add(each.path("value").path(1).asText()));
    System.out.printf(
        "  %-48s %3d series  %s%s  %s%n",
        expression.where(),
        values.size(),
        String.join(" ", values.subList(0, Math.min(SHOWN, values.size()))),
        values.size() > SHOWN ? " ..." : "",
        expression.text().replaceAll("\\s+", " "));
  }
}
