package dev.millrace.deploy.e2e.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Checks the dashboards against the types of Grafana with the TypeScript compiler, which rejects
 * unknown fields and values. It needs a directory in which {@code npm
 * install @grafana/schema@13.2.3 typescript} has been run: {@code -Dmillrace.grafana.schema=DIR}.
 */
class GrafanaSchemaTest {
  private static final String PANELS =
      "@grafana/schema/dist/types/raw/composable/%s/panelcfg/x/types.gen";

  /** The module of each kind of panel. */
  private static final Map<String, String> KINDS =
      Map.of("timeseries", "timeseries", "stat", "stat", "state-timeline", "statetimeline");

  /** Values of enums are written as their texts or numbers; options have defaults. */
  private static final String LOOSE =
      """
      import type { Dashboard } from '@grafana/schema';
      type Loose<T> = T extends string ? `${T}` : T extends number ? number
        : T extends boolean | null | undefined ? T : { [K in keyof T]: Loose<T[K]> };
      type Part<T> = T extends object ? { [K in keyof T]?: Part<T[K]> } : T;
      """;

  @Test
  void dashboardsHaveTheTypesOfGrafana() throws Exception {
    Path modules = Path.of(System.getProperty("millrace.grafana.schema", "")).toAbsolutePath();
    Path compiler = modules.resolve("node_modules/.bin/tsc");
    assumeTrue(
        Files.exists(compiler) && Files.exists(modules.resolve("node_modules/@grafana/schema")),
        "no @grafana/schema and typescript: -Dmillrace.grafana.schema=DIR");
    for (Path file : MonitoringFiles.dashboards()) {
      Path source = modules.resolve(file.getFileName() + ".ts");
      Files.writeString(source, typescript(MonitoringFiles.json(file)));
      Programs.Result result =
          Programs.run(
              List.of(
                  compiler.toString(),
                  "--noEmit",
                  "--strict",
                  "--skipLibCheck",
                  "--moduleResolution",
                  "node",
                  "--target",
                  "es2020",
                  source.toString()));
      assertThat(result.exit()).as(result.output()).isZero();
    }
  }

  private static String typescript(JsonNode dashboard) {
    StringBuilder text = new StringBuilder(LOOSE);
    KINDS.forEach(
        (kind, module) ->
            text.append(
                "import type * as %s from '%s';%n".formatted(module, PANELS.formatted(module))));
    for (JsonNode annotation : dashboard.path("annotations").path("list")) {
      // Of the data source, which the schema of dashboards does not know.
      ((ObjectNode) annotation.path("target")).remove("expr");
    }
    text.append("export const dashboard: Loose<Dashboard> = %s;%n".formatted(dashboard));
    for (JsonNode panel : dashboard.path("panels")) {
      String module = KINDS.get(panel.path("type").asText());
      int id = panel.path("id").asInt();
      text.append(
          "export const options%d: Part<Loose<%s.Options>> = %s;%n"
              .formatted(id, module, panel.path("options")));
      JsonNode custom = panel.path("fieldConfig").path("defaults").path("custom");
      if (custom.isObject()) {
        text.append(
            "export const custom%d: Part<Loose<%s.FieldConfig>> = %s;%n"
                .formatted(id, module, custom));
      }
    }
    return text.toString();
  }
}
