package dev.millrace.drift.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.millrace.drift.Shop;
import dev.millrace.drift.SlicedRows;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.SinglePrecision;
import dev.millrace.drift.profile.Slice;
import dev.millrace.drift.profile.SliceReference;
import dev.millrace.drift.training.TrainingProfile.SliceProfile;
import dev.millrace.schemas.pipeline.Budget;
import dev.millrace.schemas.pipeline.Drift;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SliceProfilesTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final int ROWS = 3_000;
  private static final int HOURS = 30;
  private static final int MIN_SAMPLES = 40;

  private final Path directory;

  SliceProfilesTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private record Row(Instant time, double amount, @Nullable String channel, double score) {}

  /** Half web, a third shop, some phone, few others, of which each is rare, and null. */
  private static List<Row> rows(int size) {
    Random random = new Random(1);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      double u = random.nextDouble();
      String channel =
          u < 0.5
              ? "web"
              : u < 0.85 ? "shop" : u < 0.95 ? "phone" : u < 0.97 ? null : "c" + random.nextInt(9);
      rows.add(
          new Row(
              START.plus(HOUR.multipliedBy(random.nextInt(HOURS))),
              random.nextGaussian(),
              channel,
              random.nextDouble()));
    }
    return rows;
  }

  private static Drift drift(List<String> slices) {
    return new Drift(
        HOUR,
        dev.millrace.schemas.pipeline.Reference.TRAINING,
        new Budget(1, Duration.ofDays(30)),
        0.02,
        MIN_SAMPLES,
        0.8,
        3,
        Drift.SEASON,
        null,
        slices);
  }

  private TrainingProfile profile(List<Row> rows, List<String> slices) throws IOException {
    List<String> lines = new ArrayList<>(List.of("event_time,inputs.amount,inputs.channel,score"));
    for (Row row : rows) {
      lines.add(
          "%s,%s,%s,%s"
              .formatted(row.time, row.amount, row.channel == null ? "" : row.channel, row.score));
    }
    Path file = directory.resolve("rows.csv");
    Files.write(file, lines);
    return new TrainingProfiler(file, Shop.pipeline().inputs(), drift(slices), null)
        .profile("shop");
  }

  /** What the job reads equals the counts of the rows, one by one. */
  @Test
  void equalTheTwinFromTheRowsToTheJob() throws IOException {
    List<Row> rows = rows(ROWS);
    TrainingProfile profile = profile(rows, List.of("channel"));
    assertThat(TrainingProfile.parse(profile.toJson(), "profile.json")).isEqualTo(profile);
    Files.writeString(directory.resolve("model.onnx"), "a model");
    profile.save(directory.resolve("profile.json"));

    ModelReference reference =
        Objects.requireNonNull(
            ReferenceLoader.load(
                Shop.pipeline(directory, Shop.pipeline().labels(), drift(List.of("channel")))));

    List<Slice> slices =
        List.of(
            new Slice("channel", "web"),
            new Slice("channel", "shop"),
            new Slice("channel", "phone"),
            Slice.others("channel"));
    assertThat(reference.slicing().slices()).isEqualTo(slices);
    SlicedRows twin = new SlicedRows(slices, reference.references());
    for (Row row : rows) {
      twin.add(
          row.time.toEpochMilli(),
          SinglePrecision.of(row.amount),
          row.channel,
          SinglePrecision.of(row.score));
    }
    List<SliceReference> expected = twin.references();
    List<SliceReference> read = reference.slicing().source().of(HOUR);
    for (int i = 0; i < slices.size(); i++) {
      assertThat(read.get(i).references()).isEqualTo(expected.get(i).references());
      for (int feature = 0; feature < 3; feature++) {
        assertThat(counts(read.get(i), feature)).isEqualTo(counts(expected.get(i), feature));
      }
    }
    assertThat(reference.slicing().source().of(Duration.ofDays(1)).get(0).blocks()).isEmpty();
  }

  private static List<?> counts(SliceReference slice, int feature) {
    return slice.blocks().get(feature).stream()
        .map(block -> List.of(block.startMillis(), block.counts().countsOnly()))
        .toList();
  }

  @Test
  void valuesWithFewRowsAndNullAreOneSlice() throws IOException {
    List<Row> rows = rows(ROWS);
    List<SliceProfile> slices = profile(rows, List.of("channel")).slices();

    assertThat(slices)
        .extracting(each -> each.slice().name())
        .containsExactly("channel=web", "channel=shop", "channel=phone", "channel=*");
    assertThat(slices.get(3).rows())
        .isEqualTo(
            rows.stream()
                .filter(row -> row.channel == null || row.channel.startsWith("c"))
                .count());
    assertThat(slices.stream().mapToLong(SliceProfile::rows).sum()).isEqualTo(ROWS);
    assertThat(profile(rows, List.of()).toJson()).doesNotContain("slices");
  }

  /** The values of an identifier: the most frequent ones have slices, at most 20 in all. */
  @Test
  void thereAreAtMostTwentySlicesOfAnInput() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 100 * 60; i++) {
      rows.add(new Row(START, i, "v" + i % 50, 0.5));
    }
    List<SliceProfile> slices = profile(rows, List.of("channel")).slices();
    assertThat(slices).hasSize(Slice.MOST_OF_INPUT);
    assertThat(slices.get(19).rows()).isEqualTo(6_000 - 19 * 120);
  }

  /** The job compares all predictions, and logs that it does not compare the slices. */
  @Test
  void aProfileWithoutTheSlicesOfThePipelineIsRead() throws IOException {
    Files.writeString(directory.resolve("model.onnx"), "a model");
    profile(rows(ROWS), List.of()).save(directory.resolve("profile.json"));
    var pipeline = Shop.pipeline(directory, Shop.pipeline().labels(), drift(List.of("channel")));

    ModelReference reference = Objects.requireNonNull(ReferenceLoader.load(pipeline));

    assertThat(reference.slicing().slices()).isEmpty();
    assertThat(reference.references()).extracting(Reference::feature).contains("channel");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"value\":\"web\",\"rows\":1 | \"value\":\"web\",\"rows\":-1 | slices.channel=web.rows: a count expected",
        "\"input\":\"channel\" | \"input\":\"chanel\" | slices.channel=web.input: 'chanel' is not one of the features",
        "\"value\":\"web\" | \"value\":5 | slices.channel=web.value: text expected",
        "\"blocks\":{\"2026-01-01T00:00:00Z\" | \"blocks\":{\"today\" | slices.channel=web.blocks.today: a time in ISO 8601 expected",
        "\"slices\" : { | \"slices\" : [], \"other\" : { | slices: an object expected",
        "\"features\":{\"amount\":{\"counts\":[ | \"features\":{\"amount\":{\"counts\":[-1, | in the slices of 'channel' do not add up"
      })
  void damagedSlicesAreRejectedWithTheirPlace(String sound, String damaged, String problem)
      throws IOException {
    String json = profile(rows(300), List.of("channel")).toJson();
    int from = json.indexOf("\"slices\"");
    int at = json.indexOf(sound, from);
    assertThat(at).isPositive();
    String changed = json.substring(0, at) + damaged + json.substring(at + sound.length());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrainingProfile.parse(changed, "profile.json"))
        .withMessageContaining(problem);
  }
}
