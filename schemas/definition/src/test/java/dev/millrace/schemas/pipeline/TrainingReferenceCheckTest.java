package dev.millrace.schemas.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.file.PipelineFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingReferenceCheckTest {
  private static final String DRIFT = "drift: {window: 1h, false_alarms: 1 per 30d}\n";
  private static final String MODEL = "model: {name: m, path: model, inputs: [x]}\n";

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @Test
  void isNotMissingWhenItIsNotNeeded() throws IOException {
    assertThat(missing(MODEL, null)).isNull();
    assertThat(missing(DRIFT + "model: {name: m, inputs: [x]}\n", null)).isNull();
  }

  @Test
  void isMissingForAModelWithoutAProfile() throws IOException {
    assertThat(missing(DRIFT + MODEL, null))
        .contains("profile.json is missing", "'millrace profile'");
  }

  @Test
  void isMissingForAProfileOfAnotherVersion() throws IOException {
    // printf 'a model' | sha256sum
    assertThat(missing(DRIFT + MODEL, "{\"model_version\": \"97ff8a35544d\"}")).isNull();
    assertThat(missing(DRIFT + MODEL, "{}")).as("a profile that names no version").isNull();
    assertThat(missing(DRIFT + MODEL, "{\"model_version\": \"0123456789ab\"}"))
        .contains("version 0123456789ab", "version 97ff8a35544d", "'millrace profile'");
  }

  @Test
  void slicesAreMissingThatTheProfileDoesNotHave() throws IOException {
    String sections =
        "drift: {slices: [far, known]}\nmodel: {name: m, path: model, inputs: [far: x > 2.0, known: x > 0.0]}\n";
    String slices = "{\"slices\": {\"far=true\": {\"input\": \"far\"}}}";
    assertThat(TrainingReferenceCheck.missingSlices(load(sections, slices)))
        .containsExactly("known");
    assertThat(TrainingReferenceCheck.missingSlices(load(sections, "{}")))
        .containsExactly("far", "known");
    assertThat(TrainingReferenceCheck.missingSlices(load(DRIFT + MODEL, "{}"))).isEmpty();
  }

  private @Nullable String missing(String sections, @Nullable String profile) throws IOException {
    return TrainingReferenceCheck.missing(load(sections, profile));
  }

  private Pipeline load(String sections, @Nullable String profile) throws IOException {
    Path model = Files.createDirectories(directory.resolve("model"));
    Files.writeString(model.resolve("model.onnx"), "a model");
    if (profile != null) {
      Files.writeString(model.resolve("profile.json"), profile);
    }
    Files.writeString(
        directory.resolve("event.avsc"),
        """
        {"type": "record", "name": "Event", "fields": [
          {"name": "id", "type": "string"},
          {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
          {"name": "x", "type": "double"}]}
        """);
    Path file = directory.resolve("pipeline.yaml");
    Files.writeString(
        file,
        """
        name: events
        sources:
          events: {topic: raw, schema: event.avsc, id: id, key: id, time: at}
        score: events
        """
            + sections);
    return PipelineFile.load(file);
  }
}
