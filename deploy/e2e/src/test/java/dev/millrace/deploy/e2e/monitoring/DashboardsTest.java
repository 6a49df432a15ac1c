package dev.millrace.deploy.e2e.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a panel must have to be read without its expression. */
class DashboardsTest {
  private static final int COLUMNS = 24;

  @Test
  void eachDashboardHasAUidAndVariables() {
    Set<String> uids = new HashSet<>();
    for (Path file : MonitoringFiles.dashboards()) {
      JsonNode dashboard = MonitoringFiles.json(file);
      assertThat(dashboard.path("uid").asText())
          .isEqualTo("millrace-" + file.getFileName().toString().replace(".json", ""));
      assertThat(uids.add(dashboard.path("uid").asText())).isTrue();
      assertThat(dashboard.path("templating").path("list").findValuesAsText("name"))
          .as("%s", file)
          .contains("datasource", "pipeline");
      assertThat(dashboard.path("title").asText()).startsWith("Millrace / ");
    }
    assertThat(uids).hasSize(5);
  }

  @Test
  void eachPanelHasTitleDescriptionUnitAndLegends() {
    for (Path file : MonitoringFiles.dashboards()) {
      Set<Integer> ids = new HashSet<>();
      for (JsonNode panel : MonitoringFiles.json(file).path("panels")) {
        String name = file.getFileName() + ": " + panel.path("title").asText();
        assertThat(ids.add(panel.path("id").asInt())).as(name).isTrue();
        assertThat(panel.path("title").asText()).as(name).isNotBlank().hasSizeLessThan(45);
        assertThat(panel.path("description").asText()).as(name).endsWith(".");
        assertThat(panel.path("fieldConfig").path("defaults").path("unit").asText())
            .as(name)
            .isNotBlank();
        assertThat(panel.path("datasource").path("uid").asText())
            .as(name)
            .isEqualTo("${datasource}");
        assertThat(panel.path("targets")).as(name).isNotEmpty();
        for (JsonNode target : panel.path("targets")) {
          boolean isOne = panel.path("type").asText().equals("stat");
          assertThat(target.path("legendFormat").asText().equals("__auto"))
              .as(name)
              .isEqualTo(isOne);
          assertThat(target.path("expr").asText()).as(name).contains("pipeline=\"$pipeline\"");
        }
      }
    }
  }

  @Test
  void panelsDoNotOverlap() {
    for (Path file : MonitoringFiles.dashboards()) {
      Set<String> taken = new HashSet<>();
      for (JsonNode panel : MonitoringFiles.json(file).path("panels")) {
        JsonNode place = panel.path("gridPos");
        int right = place.path("x").asInt() + place.path("w").asInt();
        assertThat(right).isLessThanOrEqualTo(COLUMNS);
        for (int x = place.path("x").asInt(); x < right; x++) {
          for (int y = 0; y < place.path("h").asInt(); y++) {
            assertThat(taken.add(x + "/" + (place.path("y").asInt() + y)))
                .as("%s: %s", file, panel.path("title"))
                .isTrue();
          }
        }
      }
    }
  }
}
