package dev.millrace.ingest.producer.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.ingest.producer.publish.KafkaOptions.Pace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class KafkaOptionsTest {
  @Test
  void theProducersSettingsAreReadAsUtf8(@TempDir Path directory) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("client.properties"),
            "bootstrap.servers=file:1\nssl.key.password=pässwörd-密码\n");
    KafkaOptions options =
        CommandLine.populateCommand(
            new KafkaOptions(), "--bootstrap-servers=option:2", "--kafka-properties=" + file);
    assertThat(options.producerSettings(Pace.AS_DUE))
        .containsEntry("ssl.key.password", "pässwörd-密码")
        .containsEntry("bootstrap.servers", "option:2")
        .containsEntry("acks", "all");
  }
}
