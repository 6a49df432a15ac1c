package dev.millrace.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.deploy.process.PlatformException;
import dev.millrace.ingest.producer.replay.ReplayCommand;
import dev.millrace.ingest.producer.simulate.SimulateCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ClusterSelectionOptionsTest {
  private static final String PASSWORD = "pässwörd-密码";

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @Test
  void clientSettingsOfAFileAreUsedOnANamedCluster() throws IOException {
    var cluster =
        parse(
                "--bootstrap-servers=broker:1",
                "--registry=http://registry:2",
                "--kafka-properties=" + properties())
            .cluster();
    assertThat(cluster.registryUrl()).isEqualTo("http://registry:2");
    assertThat(cluster.clientSettings())
        .isEqualTo(Map.of("bootstrap.servers", "broker:1", "ssl.key.password", PASSWORD));
  }

  @Test
  void clientSettingsOfAFileAreUsedOnARunningPlatform() throws IOException {
    Files.writeString(
        directory.resolve("platform.json"),
        """
        {"pid": %d, "pipeline": "shop", "bootstrapServers": "here:3", "registry": "http://here:4",
         "ops": {}}
        """
            .formatted(ProcessHandle.current().pid()));
    var options = parse("--dir=" + directory, "--kafka-properties=" + properties());
    assertThat(options.pipeline()).isEqualTo("shop");
    assertThat(options.cluster().registryUrl()).isEqualTo("http://here:4");
    assertThat(options.cluster().clientSettings())
        .isEqualTo(Map.of("bootstrap.servers", "here:3", "ssl.key.password", PASSWORD));
  }

  @Test
  void withoutAPlatformTheMessageNamesTheOptions() {
    assertThatThrownBy(() -> parse("--dir=" + directory).cluster())
        .isInstanceOf(PlatformException.class)
        .hasMessageContainingAll(
            "no platform runs in " + directory, "--dir", "--bootstrap-servers");
  }

  @Test
  void brokersWithoutARegistryAreRejected() {
    assertThatThrownBy(() -> parse("--bootstrap-servers=broker:1").cluster())
        .isInstanceOf(PlatformException.class)
        .hasMessageContaining("needed together");
  }

  @Test
  void everyCommandThatConnectsHasTheOptions() throws IOException {
    var file = properties().toString();
    for (Object command :
        new Object[] {
          new ExportCommand(),
          new ReplayCommand(new ClusterSelectionOptions()),
          new SimulateCommand(new ClusterSelectionOptions())
        }) {
      var line = new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true);
      var positional =
          command instanceof ReplayCommand
              ? new String[] {"pipeline.yaml", "orders=orders.csv", "--kafka-properties", file}
              : new String[] {"outcomes", "--kafka-properties", file};
      assertThat(line.parseArgs(positional).matchedOption("--kafka-properties"))
          .as(command.getClass().getSimpleName())
          .isNotNull();
      assertThat(line.getCommandSpec().findOption("--dir")).isNotNull();
    }
  }

  private Path properties() throws IOException {
    return Files.writeString(
        directory.resolve("client.properties"), "ssl.key.password=" + PASSWORD + "\n");
  }

  private static ClusterSelectionOptions parse(String... arguments) {
    return CommandLine.populateCommand(new ClusterSelectionOptions(), arguments);
  }
}
