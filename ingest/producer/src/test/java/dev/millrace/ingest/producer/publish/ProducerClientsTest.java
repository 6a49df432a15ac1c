package dev.millrace.ingest.producer.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.service.ConnectionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ProducerClientsTest {
  @Test
  void theProducersSettingsAreReadAsUtf8(@TempDir Path directory) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("client.properties"),
            "bootstrap.servers=file:1\nssl.key.password=pässwörd-密码\n");
    ConnectionOptions options =
        CommandLine.populateCommand(
            new ConnectionOptions(), "--bootstrap-servers=option:2", "--kafka-properties=" + file);
    assertThat(new ProducerClients(options.cluster()).producerSettings(ProducerTuning.LATENCY))
        .containsEntry("ssl.key.password", "pässwörd-密码")
        .containsEntry("bootstrap.servers", "option:2")
        .containsEntry("acks", "all");
  }
}
