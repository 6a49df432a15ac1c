package dev.millrace.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.deploy.process.PlatformException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ClusterOptionsTest {
  private static final String PASSWORD = "pässwörd-密码";

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @Test
  void clientSettingsOfAFileAreUsedOnANamedClusterAndPassedOn() throws IOException {
    var file = properties();
    var options =
        parse(
            "--bootstrap-servers=broker:1",
            "--registry=http://registry:2",
            "--kafka-properties=" + file);
    assertThat(options.find().registry()).isEqualTo("http://registry:2");
    assertThat(options.find().client())
        .isEqualTo(Map.of("bootstrap.servers", "broker:1", "ssl.key.password", PASSWORD));
    assertThat(options.arguments())
        .containsExactly(
            "--bootstrap-servers=broker:1",
            "--registry=http://registry:2",
            "--kafka-properties=" + file);
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
    assertThat(options.find().pipeline()).isEqualTo("shop");
    assertThat(options.find().client())
        .isEqualTo(Map.of("bootstrap.servers", "here:3", "ssl.key.password", PASSWORD));
    assertThat(options.arguments())
        .startsWith("--bootstrap-servers=here:3", "--registry=http://here:4");
  }

  @Test
  void brokersWithoutARegistryAreRefused() {
    assertThatThrownBy(() -> parse("--bootstrap-servers=broker:1").find())
        .isInstanceOf(PlatformException.class)
        .hasMessageContaining("name both");
  }

  /** export has the options itself; replay and simulate pass on to ingest what they do not know. */
  @Test
  void everyCommandThatConnectsTakesThem() throws IOException {
    var file = properties().toString();
    for (Object command :
        new Object[] {new ExportCommand(), new ReplayCommand(), new SimulateCommand()}) {
      var line = new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true);
      var arguments = new String[] {"outcomes", "--kafka-properties", file};
      assertThat(line.parseArgs(arguments).matchedOption("--kafka-properties"))
          .as(command.getClass().getSimpleName())
          .isNotNull();
    }
  }

  private Path properties() throws IOException {
    return Files.writeString(
        directory.resolve("client.properties"), "ssl.key.password=" + PASSWORD + "\n");
  }

  private static ClusterOptions parse(String... arguments) {
    return CommandLine.populateCommand(new ClusterOptions(), arguments);
  }
}
