package dev.millrace.deploy.e2e.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The PromQL of rules, dashboards and runbooks. */
public final class Expressions {
  private static final Pattern GROUPING =
      Pattern.compile("\\b(by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)");
  private static final Pattern RANGE = Pattern.compile("\\[[^]]*]|\\boffset\\s+\\w+");
  private static final Pattern SELECTOR =
      Pattern.compile("(?<![\\w:.])([a-zA-Z_:][\\w:]*)(\\{[^}]*})?(?![\\w:]*\\s*\\()");
  private static final Pattern TEXT = Pattern.compile("(?<=[,(] ?)\"[^\"]*\"(?=[,)])");
  private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool");
  private static final Pattern PROMQL = Pattern.compile("```promql\n(.*?)```", Pattern.DOTALL);

  private Expressions() {}

  /**
   * An expression.
   *
   * @param where the file, and the panel, alert or series
   */
  public record Expression(String where, String text) {}

  /** Those of all panels, with values for the variables. */
  public static List<Expression> ofPanels(String pipeline) {
    List<Expression> found = new ArrayList<>();
    for (Path file : MonitoringFiles.dashboards()) {
      for (JsonNode panel : MonitoringFiles.json(file).path("panels")) {
        for (JsonNode target : panel.path("targets")) {
          String text =
              target
                  .path("expr")
                  .asText()
                  .replace("$__rate_interval", "5m")
                  .replace("$pipeline", pipeline);
          found.add(
              new Expression(
                  file.getFileName() + ": " + panel.path("title").asText(), Scaled.text(text)));
        }
      }
    }
    return found;
  }

  /** Those of the alerts. */
  public static List<Expression> ofAlerts() {
    return MonitoringFiles.alerts().stream()
        .map(alert -> new Expression(alert.name(), Scaled.text(alert.expression())))
        .toList();
  }

  /** Those of the runbooks, one a line. */
  public static List<Expression> ofRunbooks(String pipeline) {
    List<Expression> found = new ArrayList<>();
    for (Path file : MonitoringFiles.files(MonitoringFiles.RUNBOOKS, ".md")) {
      Matcher block = PROMQL.matcher(MonitoringFiles.text(file));
      while (block.find()) {
        block
            .group(1)
            .lines()
            .map(line -> line.strip().replace("\"P\"", "\"" + pipeline + "\""))
            .filter(line -> !line.isEmpty())
            .forEach(
                line ->
                    found.add(new Expression(file.getFileName().toString(), Scaled.text(line))));
      }
    }
    return found;
  }

  /** The vector selectors of an expression, without ranges. */
  public static Set<String> selectors(String expression) {
    String text = TEXT.matcher(expression).replaceAll("''");
    text = GROUPING.matcher(text).replaceAll(" ");
    text = RANGE.matcher(text).replaceAll("");
    Set<String> selectors = new LinkedHashSet<>();
    Matcher selector = SELECTOR.matcher(text);
    while (selector.find()) {
      if (!WORDS.contains(selector.group(1))) {
        selectors.add(selector.group());
      }
    }
    return selectors;
  }
}
