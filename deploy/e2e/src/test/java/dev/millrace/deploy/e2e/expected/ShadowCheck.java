package dev.millrace.deploy.e2e.expected;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.e2e.pipeline.Await;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.schemas.avro.QualityReport;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.model.ModelArtifact;
import dev.millrace.schemas.topics.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.avro.generic.GenericRecord;

/**
 * A shadow that differs from the champion in a comment alone: it gives the same score to each
 * event, and no pair of any window differs.
 */
public final class ShadowCheck {
  /** Tag of the field {@code doc_string}, 6, of ONNX's ModelProto, which a text follows. */
  private static final byte DOC_STRING = 6 << 3 | 2;

  private static final String COMMENT = "shadow";

  private final RunningPipeline running;

  public ShadowCheck(RunningPipeline running) {
    this.running = running;
  }

  /** Writes the model of a directory with a comment, and so as another version. */
  public static void copyOfModel(Path model, Path shadow) throws IOException {
    Files.createDirectory(shadow);
    Path file = Files.copy(ModelArtifact.model(model), ModelArtifact.model(shadow));
    Files.write(file, new byte[] {DOC_STRING, (byte) COMMENT.length()}, StandardOpenOption.APPEND);
    Files.write(file, COMMENT.getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);
  }

  /** Checks the predictions, and the reports of quality as soon as there is a measured one. */
  public void check() throws IOException, InterruptedException {
    Path shadow = Objects.requireNonNull(running.pipeline().model()).shadow();
    String version = ModelArtifact.read(Objects.requireNonNull(shadow)).version();
    int predictions = 0;
    for (GenericRecord prediction : running.predictions()) {
      GenericRecord beside = (GenericRecord) Objects.requireNonNull(prediction.get("shadow"));
      assertThat(beside.get("model_version")).hasToString(version);
      assertThat(beside.get("score")).isEqualTo(prediction.get("score"));
      assertThat(beside.get("positive")).isEqualTo(prediction.get("positive"));
      predictions++;
    }
    Await.condition(
        "measured quality of champion and shadow",
        RunningPipeline.TIMEOUT,
        () -> measured("CHAMPION").size() > 1 && measured("SHADOW").size() > 1);
    Map<Object, GenericRecord> shadows = measured("SHADOW");
    long pairs = 0;
    for (GenericRecord report : measured("CHAMPION").values()) {
      GenericRecord paired = (GenericRecord) ((List<?>) report.get("paired")).get(0);
      assertThat(paired.get("model_version")).hasToString(version);
      assertThat(paired.get("pairs"))
          .isEqualTo((Long) report.get("observed") + (Long) report.get("assumed"));
      assertThat(paired.get("only_champion")).isEqualTo(0L);
      assertThat(paired.get("only_shadow")).isEqualTo(0L);
      for (Object difference : (List<?>) paired.get("differences")) {
        assertThat(((GenericRecord) difference).get("value")).isEqualTo(0.0);
      }
      pairs += (Long) paired.get("pairs");
      GenericRecord other = shadows.get(report.get("window_start"));
      if (other != null) {
        assertThat(other.get("metrics")).isEqualTo(report.get("metrics"));
      }
    }
    System.out.printf("%,d predictions with a shadow, %,d pairs%n", predictions, pairs);
  }

  /** Of all predictions, by the start of the window. */
  private Map<Object, GenericRecord> measured(String role) {
    String topic = Topics.qualityReports(running.pipeline());
    AvroDecoder decoder = running.decoder(topic, QualityReport.getClassSchema());
    Map<Object, GenericRecord> reports = new TreeMap<>();
    running
        .read(topic)
        .forEach(
            record -> {
              GenericRecord report = RunningPipeline.decode(decoder, record);
              if (report.get("role").toString().equals(role)
                  && report.get("estimated").equals(false)
                  && report.get("slice_field") == null) {
                reports.put(report.get("window_start"), report);
              }
            });
    return reports;
  }
}
