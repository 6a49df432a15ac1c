package dev.millrace.drift.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.quality.ConceptMemory;
import dev.millrace.drift.quality.LossCounts;
import dev.millrace.drift.quality.LossMemory;
import dev.millrace.drift.quality.LossMonitor;
import dev.millrace.drift.quality.TrainingQuality;
import dev.millrace.drift.quality.WindowErrors;
import dev.millrace.schemas.avro.ConceptResult;
import dev.millrace.schemas.avro.ConceptStatus;
import dev.millrace.schemas.avro.LossCount;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the labels of profiled rows say of the scores. */
class ProfiledQualityTest {
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
      drift: {window: 1d, false_alarms: 1 per 30d}
      """;

  /** The score predicts the number of the label. */
  private static final String REGRESSION =
      PIPELINE + "labels: {from: orders, id: id, value: amount, maturity: 1d}\n";

  private static final Duration DAY = Duration.ofDays(1);

  private final Path directory;

  ProfiledQualityTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void writeModel() throws IOException {
    Files.createDirectory(directory.resolve("model"));
    Files.createFile(directory.resolve("model/model.onnx"));
    Files.writeString(directory.resolve("order.avsc"), SCHEMA);
  }

  private void profile(String pipeline, String rows) throws IOException {
    Path file = Files.writeString(directory.resolve("pipeline.yaml"), pipeline);
    Path training = Files.writeString(directory.resolve("rows.csv"), rows);
    StringWriter err = new StringWriter();
    CommandLine command = new CommandLine(new ProfileCommand());
    command.setOut(new PrintWriter(new StringWriter())).setErr(new PrintWriter(err, true));
    assertThat(command.execute(file.toString(), training.toString())).as(err::toString).isZero();
  }

  private TrainingProfile written() throws IOException {
    return TrainingProfile.load(directory.resolve("model/profile.json"));
  }

  @Test
  void labelsOfTheRowsSayWhatScoresMean() throws IOException {
    String pipeline = PIPELINE.replace("path: model", "path: model, positive: score >= 0.5");
    StringBuilder rows =
        new StringBuilder(
            """
            inputs.amount,score,event_time,label
            1,0.9,2026-01-01T00:00:00Z,
            1,,2026-01-01T00:00:00Z,1
            """);
    for (int day = 1; day <= 14; day++) {
      for (int i = 0; i < 40; i++) {
        rows.append(
            "1,%s,2026-01-%02dT%02d:30:00Z,%d%n"
                .formatted(i < 20 ? 0.9 : 0.2, day, i / 2, i % 4 == 0 ? 1 : 0));
      }
    }
    profile(pipeline, rows.toString());

    TrainingQuality quality = Objects.requireNonNull(written().quality());
    assertThat(quality.windows()).hasSize(14);
    assertThat(quality.windows().get(13))
        .isEqualTo(new WindowErrors(Instant.parse("2026-01-14T00:00:00Z").toEpochMilli(), 40, 20));
    assertThat(quality.positives()).filteredOn(count -> count > 0).containsExactly(70L, 70L);
    assertThat(quality.negatives()).filteredOn(count -> count > 0).containsExactly(210L, 210L);
    assertThat(TrainingProfile.parse(written().toJson(), "again").quality()).isEqualTo(quality);

    ConceptMemory errors = quality.errors("score >= 0.5", Duration.ofDays(1));
    assertThat(errors.rows()).isEqualTo(560);
    assertThat(errors.errors()).isEqualTo(280);
    assertThat(quality.errors("score >= 0.6", Duration.ofDays(1))).isEqualTo(ConceptMemory.NONE);
    assertThat(quality.errors("score >= 0.5", Duration.ofHours(1))).isEqualTo(ConceptMemory.NONE);
    assertThat(quality.calibration().isFitted()).isTrue();
  }

  @Test
  void damagedQualityNamesItsPlace() throws IOException {
    profile(PIPELINE, "inputs.amount\n1\n");
    String plain = written().toJson();
    String start = "\"quality\":{\"window_millis\":1,\"windows\":";
    String losses = "\"quality\":{\"window_millis\":1,\"losses\":";
    for (String damaged :
        List.of(
            start + "{\"today\":[1,0]},\"scores\":{}},",
            start + "{\"2026-01-01T00:00:00Z\":[1,2]},\"scores\":{}},",
            start + "{},\"scores\":{\"418\":[1,2]}},",
            start + "{},\"scores\":{\"1\":[1]}},",
            losses + "{\"today\":{}}},",
            losses + "{\"2026-01-01T00:00:00Z\":[8]}},",
            losses + "{\"2026-01-01T00:00:00Z\":{\"7\":1}}},",
            losses + "{\"2026-01-01T00:00:00Z\":{\"8.5\":1}}},",
            losses + "{\"2026-01-01T00:00:00Z\":{\"1000\":0}}},",
            losses + "{\"2026-01-01T00:00:00Z\":{\"1001\":1,\"1000\":1}}},")) {
      assertThatThrownBy(
              () -> TrainingProfile.parse(plain.replaceFirst("\\{", "{" + damaged), "p.json"))
          .hasMessageContaining("p.json: quality.");
    }
  }

  @Test
  void absoluteErrorsOfARegressionAreCountedByWindow() throws IOException {
    profile(
        REGRESSION,
        """
        inputs.amount,score,event_time,label
        1,12.5,2026-01-02T23:59:59.999Z,10
        1,7.5,2026-01-01T00:00:00Z,10
        1,10,2026-01-02T00:00:00Z,10.0
        1,,2026-01-01T00:00:00Z,10
        1,10,2026-01-01T00:00:00Z,
        1,10,2026-01-01T00:00:00Z,NaN
        1,1e200,2026-01-01T00:00:00Z,1
        """);
    TrainingQuality quality = Objects.requireNonNull(written().quality());
    int cell = Float.floatToIntBits(2.5f) >>> 20;
    assertThat(quality.losses())
        .extracting(each -> Instant.ofEpochMilli(each.startMillis()).toString())
        .containsExactly("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z");
    assertThat(quality.losses().get(0).cells()).containsExactly(cell);
    assertThat(quality.losses().get(1).cells()).containsExactly(0, cell);
    assertThat(quality.losses().get(1).rows()).containsExactly(1L, 1L);
    assertThat(quality.windows()).isEmpty();
    assertThat(quality.calibration().isFitted()).isFalse();
    assertThat(TrainingProfile.parse(written().toJson(), "again").quality()).isEqualTo(quality);
    assertThat(quality.losses(DAY).calibration()).isEqualTo(quality.losses());
    assertThat(quality.losses(Duration.ofHours(1))).isEqualTo(LossMemory.NONE);
    assertThat(quality.errors(null, DAY)).isEqualTo(ConceptMemory.NONE);
  }

  @Test
  void rowsOfARegressionWithoutTimesAreNoReference() throws IOException {
    profile(REGRESSION, "inputs.amount,score,label\n1,12.5,10\n");
    assertThat(written().quality()).isNull();
  }

  /** Errors of the stream that are twice those of the profile, from its first window on. */
  @Test
  void theStreamIsComparedWithTheErrorsOfTheProfileFromItsFirstWindowOn() throws IOException {
    Random random = new Random(1);
    StringBuilder rows = new StringBuilder("inputs.amount,score,event_time,label\n");
    for (int day = 1; day <= 14; day++) {
      for (int i = 0; i < 300; i++) {
        double label = 60 + 10 * random.nextGaussian();
        rows.append("1,60,2026-01-%02dT%02d:30:00Z,%s%n".formatted(day, i % 24, label));
      }
    }
    profile(REGRESSION, rows.toString());
    LossMemory profiled = Objects.requireNonNull(written().quality()).losses(DAY);

    ConceptResult same = first(profiled, 10, random);
    assertThat(same.getState()).isEqualTo(ConceptStatus.OK);
    assertThat(same.getReferenceLabels()).isEqualTo(14 * 300 + 2);
    ConceptResult twice = first(profiled, 20, random);
    assertThat(twice.getState()).isEqualTo(ConceptStatus.DRIFT);
    // The mean absolute value of a normal distribution is .798 of its deviation.
    assertThat(twice.getErrorBefore()).isEqualTo(8, within(0.3));
    assertThat(first(LossMemory.NONE, 20, random).getState()).isEqualTo(ConceptStatus.CALIBRATING);
  }

  /** The result of the first window of the stream. */
  private static ConceptResult first(LossMemory reference, double deviation, Random random) {
    List<LossCount> losses =
        Stream.generate(() -> new LossCount(Math.abs(deviation * random.nextGaussian()), 1L))
            .limit(500)
            .toList();
    return new LossMonitor(0.04 / 30, new CalmSpan(DAY.toMillis(), 7 * DAY.toMillis()))
        .next(
            reference, Instant.parse("2026-01-20T00:00:00Z").toEpochMilli(), LossCounts.of(losses))
        .result();
  }
}
