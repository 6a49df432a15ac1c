package dev.millrace.deploy.e2e.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.deploy.e2e.monitoring.MonitoringFiles.Alert;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules, their tests, the inhibitions and the runbooks belong together. */
class AlertFilesTest {
  private static final String RUNBOOK_URL =
      "https://github.com/millrace/millrace/blob/main/deploy/runbooks/%s.md";
  private static final List<String> SECTIONS =
      List.of("## Meaning", "**Threshold.** ", "## Impact", "## Diagnosis", "## Mitigation");
  private static final Pattern LINK = Pattern.compile("\\(((?!https?:)[^)#]+)\\)");

  @Test
  void eachAlertIsNamedAndDescribed() {
    List<Alert> alerts = MonitoringFiles.alerts();
    assertThat(alerts).isNotEmpty();
    assertThat(alerts).extracting(Alert::name).doesNotHaveDuplicates();
    for (Alert alert : alerts) {
      JsonNode rule = alert.rule();
      assertThat(alert.name()).matches("Millrace[A-Z][A-Za-z]+");
      assertThat(rule.path("labels").path("severity").asText())
          .as(alert.name())
          .isIn("critical", "warning", "info");
      for (String annotation : List.of("summary", "description")) {
        assertThat(rule.path("annotations").path(annotation).asText())
            .as("%s of %s", annotation, alert.name())
            .isNotBlank();
      }
      assertThat(rule.path("annotations").path("runbook_url").asText())
          .isEqualTo(RUNBOOK_URL.formatted(alert.name()));
    }
  }

  @Test
  void eachAlertHasARunbookAndEachRunbookAnAlert() {
    List<Path> runbooks = MonitoringFiles.files(MonitoringFiles.RUNBOOKS, ".md");
    assertThat(runbooks)
        .extracting(file -> file.getFileName().toString().replace(".md", ""))
        .containsExactlyInAnyOrderElementsOf(
            MonitoringFiles.alerts().stream().map(Alert::name).toList());
    for (Path runbook : runbooks) {
      String text = MonitoringFiles.text(runbook);
      assertThat(text)
          .as("%s", runbook)
          .startsWith("# " + runbook.getFileName().toString().replace(".md", "\n"))
          .containsSubsequence(SECTIONS)
          .contains("```");
      Matcher link = LINK.matcher(text);
      while (link.find()) {
        if (link.group(1).endsWith(".md")) {
          assertThat(runbook.resolveSibling(link.group(1))).as("%s", runbook).exists();
        }
      }
    }
  }

  /** promtool runs these tests; here only that there are some. */
  @Test
  void eachAlertIsTestedToFireAndNotToFire() {
    TreeMap<String, Integer> fires = new TreeMap<>();
    TreeMap<String, Integer> isCalm = new TreeMap<>();
    Set<String> withCalmPipeline = new HashSet<>();
    for (Path file : MonitoringFiles.files(MonitoringFiles.PROMETHEUS.resolve("tests"), ".yml")) {
      for (JsonNode test : MonitoringFiles.yaml(file).path("tests")) {
        boolean hasCalm =
            test.path("input_series").findValuesAsText("series").stream()
                .anyMatch(series -> !series.contains("faulty"));
        for (JsonNode each : test.path("alert_rule_test")) {
          String alert = each.path("alertname").asText();
          (each.path("exp_alerts").isEmpty() ? isCalm : fires).merge(alert, 1, Integer::sum);
          if (hasCalm) {
            withCalmPipeline.add(alert);
          }
        }
      }
    }
    for (Alert alert : MonitoringFiles.alerts()) {
      assertThat(fires).as("fires").containsKey(alert.name());
      assertThat(isCalm).as("does not fire").containsKey(alert.name());
      assertThat(withCalmPipeline).as("a pipeline without the fault").contains(alert.name());
    }
  }

  @Test
  void inhibitionsAndRoutesNameAlertsThatExist() {
    List<String> alerts = MonitoringFiles.alerts().stream().map(Alert::name).toList();
    JsonNode config = MonitoringFiles.yaml(MonitoringFiles.PROMETHEUS.resolve("alertmanager.yml"));
    List<String> patterns = new ArrayList<>();
    for (JsonNode rule : config.path("inhibit_rules")) {
      for (String side : List.of("source_matchers", "target_matchers")) {
        rule.path(side).forEach(matcher -> patterns.add(matcher.asText()));
      }
    }
    assertThat(patterns).isNotEmpty();
    patterns.stream()
        .filter(matcher -> matcher.startsWith("alertname="))
        .flatMap(matcher -> Stream.of(matcher.replaceAll("^alertname=~?\"|\"$", "").split("\\|")))
        .forEach(
            pattern -> assertThat(alerts).as(pattern).anyMatch(alert -> alert.matches(pattern)));
  }
}
