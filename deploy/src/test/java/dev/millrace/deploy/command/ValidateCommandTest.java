package dev.millrace.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.file.PipelineFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidateCommandTest {
  private static final String SCHEMA =
      """
      {"type": "record", "name": "Order", "fields": [
        {"name": "id", "type": "string"}, {"name": "amount", "type": "double"},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}
      """;

  private static final String PIPELINE =
      """
      name: orders
      sources:
        orders: {topic: orders, schema: order.avsc, id: id, key: id, time: at}
      score: orders
      model: {name: late, path: model, inputs: [amount]}
      drift: {window: 1h}
      """;

  private final Path directory;

  ValidateCommandTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void writePipeline() throws IOException {
    Files.createDirectory(directory.resolve("model"));
    Files.createFile(directory.resolve("model/model.onnx"));
    Files.writeString(directory.resolve("order.avsc"), SCHEMA);
    Files.writeString(directory.resolve("pipeline.yaml"), PIPELINE);
  }

  private String summary(long rows, String times) throws IOException {
    Files.writeString(
        directory.resolve("model/profile.json"),
        "{\"created_from\": {\"rows\": %d%s}}".formatted(rows, times));
    return ValidateCommand.summary(PipelineFile.load(directory.resolve("pipeline.yaml")));
  }

  @Test
  void aTooShortWindowIsReportedWithALongEnoughOne() throws IOException {
    String ten = ", \"from\": \"2026-01-01T00:00:00Z\", \"until\": \"2026-01-11T00:00:00Z\"";

    assertThat(summary(3_360, ten))
        .contains("drift: windows of 1h, each judged if it has 30 predictions or more")
        .contains("the profiled rows make 14 per window")
        .contains("warning: at this rate every window will be INSUFFICIENT")
        .contains("set drift.window to 129m or longer")
        .contains("min_samples to 14");
    assertThat(summary(33_600, ten)).contains("make 140 per window").doesNotContain("warning");
  }

  @Test
  void aProfileOfFewRowsIsReported() throws IOException {
    assertThat(summary(29, "")).contains("warning: profile.json has 29 rows, fewer than");
    assertThat(summary(30, "")).doesNotContain("warning").doesNotContain("per window\n");
  }

  @Test
  void aMissingProfileIsReported() {
    assertThat(ValidateCommand.summary(PipelineFile.load(directory.resolve("pipeline.yaml"))))
        .contains("warning: ")
        .contains("profile.json is missing");
  }

  @Test
  void aReferenceOfTheFirstPredictionsNeedsNoProfile() throws IOException {
    Path file = directory.resolve("pipeline.yaml");
    Files.writeString(file, PIPELINE.replace("window: 1h", "window: 1h, reference: {first: 7d}"));

    assertThat(ValidateCommand.summary(PipelineFile.load(file)))
        .contains("reference: the first 7d of predictions of each model version", "168 windows")
        .doesNotContain("profile.json", "no reference");
  }
}
