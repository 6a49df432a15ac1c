package dev.millrace.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    return summary(rows, times, "");
  }

  private String summary(long rows, String times, String blocks) throws IOException {
    Files.writeString(
        directory.resolve("model/profile.json"),
        "{\"created_from\": {\"rows\": %d%s}%s}".formatted(rows, times, blocks));
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
  void labelsCalibrateForASeasonOrForFourteenWindows() throws IOException {
    String labels = "\nlabels: {from: orders, id: id, value: amount > 1, maturity: 1h}\n";
    Path file = directory.resolve("pipeline.yaml");
    assertThat(summary(99_999, "")).doesNotContain("labels calibrate");
    Files.writeString(file, PIPELINE + labels);
    assertThat(summary(99_999, "")).contains("labels calibrate for 7d (drift.season) before");
    Files.writeString(file, PIPELINE.replace("1h}", "1d}") + labels);
    assertThat(summary(99_999, "")).contains("labels calibrate for 14d (14 windows) before");
    Files.writeString(file, PIPELINE.replace("1h}", "1h, season: 0s}") + labels);
    assertThat(summary(99_999, "")).contains("labels calibrate for 14h (14 windows) before");
  }

  @Test
  void hoursOfTheWeekNeedTwoWeeks() throws IOException {
    Path file = directory.resolve("pipeline.yaml");
    Files.writeString(file, PIPELINE.replace("window: 1h", "window: 1h, reference: hour-of-week"));
    String from = ", \"from\": \"2026-01-01T00:00:00Z\", \"until\": \"2026-01-";

    assertThat(summary(99_999, from + "08T12:00:00Z\""))
        .contains("warning: reference: hour-of-week needs training rows of two weeks")
        .contains("they span 180h");
    assertThat(summary(99_999, "")).contains("with event_time, but they have none");
    assertThat(summary(99_999, from + "15T00:00:00Z\""))
        .contains("the same hour of the week, in UTC")
        .doesNotContain("warning");
  }

  /** Windows of 5 h begin at another hour of each week. */
  @ParameterizedTest
  @CsvSource({"5h, 4h or 6h", "2d, 1d or 7d", "25m, 20m or 30m", "11s, 1m"})
  void windowsThatDoNotRepeatByWeekAreReported(String window, String better) throws IOException {
    assertThat(summary("{window: %s, reference: hour-of-week}".formatted(window)))
        .contains(
            "warning: reference: hour-of-week: windows of %s do not divide a week"
                .formatted(window))
        .containsPattern("set drift.window to " + better + "\\R");
    assertThat(summary("{window: %s}".formatted(window))).doesNotContain("hour-of-week");
  }

  @ParameterizedTest
  @ValueSource(strings = {"7s", "15m", "45m", "1h", "7h", "90m", "1d", "7d", "10d"})
  void windowsThatRepeatByWeekAreNot(String window) throws IOException {
    assertThat(summary("{window: %s, reference: hour-of-week}".formatted(window)))
        .doesNotContain("do not divide");
  }

  @Test
  void aBudgetAboveTheHighestLevelIsReported() throws IOException {
    assertThat(summary("{window: 1h, false_alarms: 3 per 1d}"))
        .contains("warning: false_alarms: 3 per 1d would be 0.13 in each window of 1h")
        .contains(
            "at most 0.05: set drift.false_alarms to 1 per 1d, which is what is used, rounded");
    assertThat(summary("{window: 7d}"))
        .contains("1 per 30d would be 0.23 in each window of 7d")
        .contains("set drift.false_alarms to 1 per 140d, which is what is used, or a shorter");
    assertThat(summary("{window: 1h, false_alarms: 1 per 20h}")).doesNotContain("false_alarms");
  }

  @Test
  void numbersAsLabelsOfTwoClassesAreReported() throws IOException {
    Path file = directory.resolve("pipeline.yaml");
    String labels = "\nlabels: {from: orders, id: id, value: %s, maturity: 1h}\n";
    String positive = PIPELINE.replace("[amount]", "[amount], positive: score >= 0.5");
    Files.writeString(file, positive + labels.formatted("amount"));
    assertThat(ValidateCommand.summary(PipelineFile.load(file)))
        .contains("labels.value 'amount' is a number, and model.positive 'score >= 0.5'")
        .contains("remove model.positive; otherwise make labels.value a condition");
    Files.writeString(file, positive + labels.formatted("amount > 1.0"));
    assertThat(ValidateCommand.summary(PipelineFile.load(file))).doesNotContain("model.positive");
    Files.writeString(file, PIPELINE + labels.formatted("amount"));
    assertThat(ValidateCommand.summary(PipelineFile.load(file))).doesNotContain("model.positive");
  }

  private String summary(String drift) throws IOException {
    Path file = directory.resolve("pipeline.yaml");
    Files.writeString(file, PIPELINE.replace("{window: 1h}", drift));
    return ValidateCommand.summary(PipelineFile.load(file));
  }

  /** Blocks of an hour with these numbers of rows. */
  private static String blocks(long millis, int... rows) {
    return IntStream.range(0, rows.length)
        .mapToObj(i -> "\"2026-01-01T%02d:00:00Z\": {\"rows\": %d}".formatted(i, rows[i]))
        .collect(
            Collectors.joining(", ", ", \"block_millis\": " + millis + ", \"blocks\": {", "}"));
  }

  @Test
  void saysWhichBlocksCalibrateAndWhatIsMissing() throws IOException {
    int[] ten = {9, 400, 400, 410, 390, 400, 400, 400, 400, 400, 420};
    int[] eight = {24, 99, 100, 100, 101, 100, 100, 100, 100};

    assertThat(summary(4_029, "", blocks(3_600_000, ten)))
        .contains("10 blocks of 1h calibrate the tests, about 400 rows each; 1 have too few rows")
        .contains("'millrace profile' prints which shifts")
        .doesNotContain("missing");
    assertThat(summary(824, "", blocks(3_600_000, eight)))
        .contains("8 blocks of 1h calibrate the tests, about 100 rows each; 1 have too few rows")
        .contains("2 are missing: the first 2 live windows, of at least one day together,")
        .contains("profile the rows of 10h or longer");
    assertThat(summary(4_029, "", blocks(60_000, ten)))
        .contains("blocks of 1m, which are not used at windows of 1h: the first 10 live windows");
    assertThat(summary(4_029, ""))
        .contains("no blocks by time: the first 10 live windows")
        .contains("profile rows with event_time");
  }

  /** As with {@code millrace drift backtest --window 6h}. */
  @Test
  void aBacktestSaysThatBlocksOfAnotherLengthAreNotUsed() throws IOException {
    summary(4_029, "", blocks(3_600_000, 400, 400));
    Path profile = directory.resolve("model/profile.json");
    Pipeline pipeline = PipelineFile.load(directory.resolve("pipeline.yaml"));
    Drift drift = Objects.requireNonNull(pipeline.drift());

    assertThat(WindowSizeEstimate.ofBacktest(profile, drift)).isEmpty();
    assertThat(
            WindowSizeEstimate.ofBacktest(
                profile, drift.with(Duration.ofHours(6), drift.falseAlarms(), drift.minEffect())))
        .contains("blocks of 1h, which are not used at windows of 6h: the first 10 live windows")
        .contains("give --reference-from and --reference-until");
    assertThat(WindowSizeEstimate.ofBacktest(directory.resolve("none.json"), drift)).isEmpty();
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
