package dev.millrace.schemas.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;

class ServiceOptionsTest {
  private static ServiceOptions parse(String... arguments) {
    return CommandLine.populateCommand(new ServiceOptions(), arguments);
  }

  @Test
  void requiresAPipelineFile() {
    assertThatThrownBy(ServiceOptionsTest::parse)
        .isInstanceOf(MissingParameterException.class)
        .hasMessageContaining("--pipeline");
  }

  @Test
  void optionSetsTheBrokersAndFileSetsTheRest(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("client.properties");
    Files.writeString(file, "bootstrap.servers=file:1\nssl.key.password=pässwörd\n");
    ServiceOptions options =
        parse(
            "--pipeline=p.yaml",
            "--bootstrap-servers=option:2",
            "--registry=http://registry:3",
            "--kafka-properties=" + file);
    assertThat(options.registryUrl()).isEqualTo("http://registry:3");
    assertThat(options.clientProperties())
        .isEqualTo(Map.of("bootstrap.servers", "option:2", "ssl.key.password", "pässwörd"));
  }

  @Test
  void hasNoFurtherSettingsWithoutAFile() throws IOException {
    ServiceOptions options = parse("--pipeline=p.yaml", "--bootstrap-servers=option:2");
    assertThat(options.clientProperties()).isEqualTo(Map.of("bootstrap.servers", "option:2"));
  }
}
