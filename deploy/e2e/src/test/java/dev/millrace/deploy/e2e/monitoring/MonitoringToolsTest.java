package dev.millrace.deploy.e2e.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What promtool and amtool say of the files. */
class MonitoringToolsTest {
  @Test
  void promtoolAcceptsTheConfigurationAndTheRules() throws Exception {
    Programs.Result result =
        promtool("check", "config", MonitoringFiles.PROMETHEUS.resolve("prometheus.yml"));
    assertThat(result.exit()).as(result.output()).isZero();
    assertThat(result.output()).contains("rules found").doesNotContain("FAILED");
  }

  @Test
  void theUnitTestsOfTheRulesSucceed() throws Exception {
    List<Path> tests = MonitoringFiles.files(MonitoringFiles.PROMETHEUS.resolve("tests"), ".yml");
    assertThat(tests).isNotEmpty();
    for (Path test : tests) {
      Programs.Result result = promtool("test", "rules", test);
      assertThat(result.exit()).as(result.output()).isZero();
      assertThat(result.output()).contains("SUCCESS");
    }
  }

  @Test
  void amtoolAcceptsTheRoutes() throws Exception {
    Programs.Result result =
        amtool("check-config", MonitoringFiles.PROMETHEUS.resolve("alertmanager.yml").toString());
    assertThat(result.exit()).as(result.output()).isZero();
    assertThat(result.output()).contains("SUCCESS");
  }

  @ParameterizedTest
  @CsvSource({
    "payments, critical, payments-on-call",
    "payments, warning, tickets",
    "payments, info, log",
    "other, critical, on-call",
    "other, warning, tickets",
    "other, info, log"
  })
  void eachAlertGoesToOneReceiver(String pipeline, String severity, String receiver)
      throws Exception {
    Programs.Result result =
        amtool(
            "config",
            "routes",
            "test",
            "--config.file=" + MonitoringFiles.PROMETHEUS.resolve("alertmanager.yml"),
            "--verify.receivers=" + receiver,
            "alertname=MillraceTargetDown",
            "pipeline=" + pipeline,
            "severity=" + severity);
    assertThat(result.exit()).as(result.output()).isZero();
  }

  private static Programs.Result promtool(String first, String second, Path file) throws Exception {
    assumeTrue(Programs.has("promtool"), "no promtool");
    return Programs.run(List.of("promtool", first, second, file.toString()));
  }

  private static Programs.Result amtool(String... arguments) throws Exception {
    assumeTrue(Programs.has("amtool"), "no amtool");
    List<String> command = new ArrayList<>(List.of("amtool"));
    command.addAll(List.of(arguments));
    return Programs.run(command);
  }
}
