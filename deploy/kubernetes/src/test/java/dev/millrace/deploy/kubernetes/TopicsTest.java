package dev.millrace.deploy.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.topics.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The topics of the manifests are those that Millrace creates, with the same settings. */
class TopicsTest {
  private static final Path FILE = Manifests.BASE.resolve("topics.yaml");
  private static final Path WANTED = Path.of("target/topics.yaml");

  @Test
  void theManifestsAreWhatMillraceCreates() throws IOException {
    String wanted = manifests();
    Files.createDirectories(WANTED.getParent());
    Files.writeString(WANTED, wanted);
    assertThat(Files.readString(FILE))
        .as("%s differs: copy deploy/kubernetes/%s to it", FILE, WANTED)
        .isEqualTo(wanted);
  }

  private static String manifests() {
    StringBuilder text =
        new StringBuilder(
            """
            # The topics of the pipeline, as `millrace provision` would create them. TopicsTest writes this file anew into its
            # target directory: the names of features and vectors contain the version of their definition.
            """);
    String separator = "";
    for (Topics.Topic topic : Topics.of(Manifests.pipeline())) {
      text.append(separator).append(manifest(topic));
      separator = "---\n";
    }
    return text.toString();
  }

  private static String manifest(Topics.Topic topic) {
    StringBuilder text =
        new StringBuilder(
            """
            apiVersion: kafka.strimzi.io/v1beta2
            kind: KafkaTopic
            metadata:
              name: %s
              labels:
                strimzi.io/cluster: kafka
                app.kubernetes.io/part-of: millrace
            spec:
              partitions: %d
              replicas: 3
            """
                .formatted(topic.name(), topic.partitions()));
    if (!topic.config().isEmpty()) {
      text.append("  config:\n");
      new TreeMap<>(topic.config())
          .forEach((key, value) -> text.append("    %s: \"%s\"\n".formatted(key, value)));
    }
    return text.toString();
  }
}
