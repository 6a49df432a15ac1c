package dev.millrace.deploy.e2e.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GrafanaRulesTest {
  private static final Path FILE = MonitoringFiles.GRAFANA.resolve("alerting/rules.yml");

  /** {@code -Dmillrace.write=true} writes the file. */
  @Test
  void theRulesOfGrafanaAreThoseOfPrometheus() throws Exception {
    if (Boolean.getBoolean("millrace.write")) {
      Files.writeString(FILE, GrafanaRules.text());
    }
    assertThat(Files.readString(FILE))
        .as("%s; -Dmillrace.write=true writes it again", FILE)
        .isEqualTo(GrafanaRules.text());
    assertThat(rules())
        .extracting(rule -> rule.path("title").asText())
        .containsExactlyElementsOf(
            MonitoringFiles.alerts().stream().map(MonitoringFiles.Alert::name).toList());
  }

  @Test
  void uidsAreUniqueAndShortEnough() {
    List<String> uids = rules().stream().map(rule -> rule.path("uid").asText()).toList();
    assertThat(uids).doesNotHaveDuplicates().allMatch(uid -> uid.length() <= 40);
  }

  @Test
  void policiesRouteAsAlertmanager() {
    JsonNode notifications =
        MonitoringFiles.yaml(MonitoringFiles.GRAFANA.resolve("alerting/notifications.yml"));
    JsonNode alertmanager =
        MonitoringFiles.yaml(MonitoringFiles.PROMETHEUS.resolve("alertmanager.yml"));
    assertThat(notifications.path("contactPoints").findValuesAsText("name"))
        .containsExactlyInAnyOrderElementsOf(
            alertmanager.path("receivers").findValuesAsText("name"));
    List<String> routes = new ArrayList<>();
    for (JsonNode route : notifications.path("policies").path(0).path("routes")) {
      List<String> matchers = new ArrayList<>();
      for (JsonNode matcher : route.path("object_matchers")) {
        matchers.add(
            "%s%s\"%s\""
                .formatted(
                    matcher.path(0).asText(), matcher.path(1).asText(), matcher.path(2).asText()));
      }
      routes.add(route.path("receiver").asText() + matchers);
    }
    List<String> expected = new ArrayList<>();
    for (JsonNode route : alertmanager.path("route").path("routes")) {
      List<String> matchers = new ArrayList<>();
      route.path("matchers").forEach(matcher -> matchers.add(matcher.asText()));
      expected.add(route.path("receiver").asText() + matchers);
    }
    assertThat(routes).isEqualTo(expected);
  }

  private static List<JsonNode> rules() {
    List<JsonNode> rules = new ArrayList<>();
    MonitoringFiles.yaml(FILE)
        .path("groups")
        .forEach(group -> group.path("rules").forEach(rules::add));
    return rules;
  }
}
