package dev.millrace.drift.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.millrace.drift.Shop;
import dev.millrace.drift.profile.CategoryBins;
import dev.millrace.drift.profile.NumberBins;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.SinglePrecision;
import dev.millrace.drift.training.TrainingProfile.Block;
import dev.millrace.drift.training.TrainingProfile.Blocks;
import dev.millrace.schemas.pipeline.Budget;
import dev.millrace.schemas.pipeline.Drift;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The counts of a training profile by time. */
class BlockProfilesTest {
  private static final Instant START = Instant.parse("2026-01-01T00:17:00Z");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String HEADER = "event_time,inputs.amount,inputs.channel,score";

  /** A row; a null value is missing. */
  private record Row(
      Instant time, @Nullable Double amount, @Nullable String channel, double score) {
    String csv() {
      return "%s,%s,%s,%s"
          .formatted(time, amount == null ? "" : amount, channel == null ? "" : channel, score);
    }
  }

  /** Ties, hours without rows, missing values, and numbers without a bin. */
  private static List<Row> rows(long seed, int size) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    Instant time = START;
    for (int i = 0; i < size; i++) {
      time =
          time.plusMillis(random.nextInt(50) == 0 ? 3 * HOUR.toMillis() : random.nextInt(60_000));
      double any = random.nextInt(20) == 0 ? Double.NaN : random.nextInt(40) / 3.0;
      rows.add(
          new Row(
              time,
              random.nextInt(10) == 0 ? null : any,
              random.nextInt(10) == 0 ? null : "c" + random.nextInt(5),
              random.nextDouble()));
    }
    return rows;
  }

  private static TrainingProfiler profiler(List<String> lines, @Nullable Drift drift)
      throws IOException {
    Path file = Files.createTempFile("rows", ".csv");
    Files.write(file, lines);
    file.toFile().deleteOnExit();
    return new TrainingProfiler(file, Shop.pipeline().inputs(), drift, null);
  }

  private static TrainingProfile profile(List<Row> rows) throws IOException {
    return profiler(lines(rows), hourly()).profile("shop");
  }

  private static List<String> lines(List<Row> rows) {
    List<String> lines = new ArrayList<>(List.of(HEADER));
    rows.forEach(row -> lines.add(row.csv()));
    return lines;
  }

  private static Drift hourly() {
    return new Drift(
        HOUR,
        dev.millrace.schemas.pipeline.Reference.TRAINING,
        new Budget(1, Duration.ofDays(30)),
        0.02,
        30);
  }

  private static Blocks blocks(TrainingProfile profile) {
    return Objects.requireNonNull(profile.blocks());
  }

  /**
   * Each block equals the counts of its rows over the bins of the whole; their sum is the whole.
   */
  @Property(tries = 50)
  void equalTheTwinAndAddUpToTheWhole(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 600) int size) throws IOException {
    List<Row> rows = rows(seed, size);

    TrainingProfile profile = profile(rows);

    Blocks blocks = blocks(profile);
    assertThat(blocks.length()).isEqualTo(HOUR);
    assertThat(blocks.list()).isEqualTo(twin(rows, profile));
    profile
        .references()
        .forEach(
            (feature, whole) -> {
              Profile sum = whole.newProfile();
              blocks.list().forEach(block -> sum.merge(of(block, feature)));
              assertThat(sum).isEqualTo(whole.profile().countsOnly());
            });
    assertThat(TrainingProfile.parse(profile.toJson(), "profile.json")).isEqualTo(profile);
  }

  private static Profile of(Block block, String feature) {
    return Objects.requireNonNull(block.counts().get(feature));
  }

  /** Groups the rows by hour, then counts each group. */
  private static List<Block> twin(List<Row> rows, TrainingProfile profile) {
    Map<Long, List<Row>> hours = new TreeMap<>();
    for (Row row : rows) {
      hours.computeIfAbsent(row.time.getEpochSecond() / 3600, hour -> new ArrayList<>()).add(row);
    }
    List<Block> blocks = new ArrayList<>();
    hours.forEach(
        (hour, each) -> {
          Map<String, Profile> counts = new TreeMap<>();
          profile
              .references()
              .forEach((feature, whole) -> counts.put(feature, count(each, feature, whole)));
          long unseen = each.stream().filter(row -> row.channel != null && only(row, rows)).count();
          blocks.add(
              new Block(
                  Instant.ofEpochSecond(hour * 3600),
                  each.size(),
                  counts,
                  Map.of("channel", unseen)));
        });
    return blocks;
  }

  /** Whether no row of another hour has the channel. */
  private static boolean only(Row row, List<Row> rows) {
    long hour = row.time.getEpochSecond() / 3600;
    return rows.stream()
        .filter(other -> Objects.equals(other.channel, row.channel))
        .allMatch(other -> other.time.getEpochSecond() / 3600 == hour);
  }

  private static Profile count(List<Row> rows, String feature, Reference whole) {
    Profile counts = whole.newProfile();
    for (Row row : rows) {
      Object value =
          switch (feature) {
            case "amount" -> row.amount;
            case "channel" -> row.channel;
            default -> (Double) row.score;
          };
      counts.addObject(value instanceof Double number ? SinglePrecision.of(number) : value);
    }
    return counts.countsOnly();
  }

  /** An export is in the order of its partitions, not of time. */
  @Property(tries = 20)
  void doNotDependOnTheOrderOfTheRows(@ForAll long seed) throws IOException {
    List<Row> rows = rows(seed, 400);
    List<Row> shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, new Random(seed));

    assertThat(profile(shuffled).blocks()).isEqualTo(profile(rows).blocks());
    assertThat(profile(rows).toJson().lines().skip(8).toList())
        .as("the same rows, except the name and digest of their file")
        .isEqualTo(profile(rows).toJson().lines().skip(8).toList());
  }

  @Test
  void rowsWithoutTimeLeaveOutTheBlocksAndSoDoesAPipelineWithoutDrift() throws IOException {
    List<String> lines = lines(rows(1, 10));
    TrainingProfiler without = profiler(lines, null);
    assertThat(without.profile("shop").blocks()).isNull();
    assertThat(without.missingBlocks()).contains("no 'drift' section");

    lines.add(",1.5,c1,0.5");
    TrainingProfiler untimed = profiler(lines, hourly());
    assertThat(untimed.profile("shop").toJson()).doesNotContain("block");
    assertThat(untimed.missingBlocks()).isEqualTo("1 of 11 rows have no event_time");

    lines.set(lines.size() - 1, "2026-01-01 00:00:00,1.5,c1,0.5");
    TrainingProfiler withoutZone = profiler(lines, hourly());
    assertThat(withoutZone.profile("shop").blocks()).isNull();
    assertThat(withoutZone.missingBlocks())
        .isEqualTo(
            "1 of 11 rows have no event_time that can be read, such as '2026-01-01 00:00:00'; write it with its zone, as 2001-01-31T23:59:59Z, or in milliseconds since 1970");
  }

  /** With 3 features there may be 8,333 blocks. */
  @Test
  void moreBlocksThanTheBoundAreLeftOut() throws IOException {
    int most = BlockProfiler.MAX_PROFILES / 3;
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i <= most; i++) {
      rows.add(new Row(START.plus(HOUR.multipliedBy(i)), 1.0, "c", 0.5));
    }
    TrainingProfiler tooMany = profiler(lines(rows), hourly());
    assertThat(tooMany.profile("shop").blocks()).isNull();
    assertThat(tooMany.missingBlocks())
        .isEqualTo(
            "the rows are in more than 8,333 windows of 1h, the most for this number of inputs; take rows of a shorter period, or a longer drift.window");
    assertThat(blocks(profile(rows.subList(0, most))).list()).hasSize(most);
  }

  /** The bytes that the README states: 744 hours of 200 rows. */
  @Test
  void aMonthOfHoursTakesLessThanAMegabyteAFeature() throws IOException {
    Random random = new Random(5);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 744 * 200; i++) {
      Instant time = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(18L * i);
      rows.add(new Row(time, random.nextGaussian(), "c" + random.nextInt(20), random.nextDouble()));
    }
    TrainingProfile profile = profile(rows);
    assertThat(blocks(profile).list()).hasSize(744);

    int bytes = profile.toJson().length() - profile.withoutBlocks().toJson().length();

    System.out.printf("744 blocks of 3 features: %,d bytes%n", bytes);
    assertThat(bytes).isLessThan(3 * 1_000_000);
  }

  /** A model's directory whose profile has blocks: the tasks get the references alone. */
  @Test
  void theDriftJobReadsAProfileWithBlocks() throws IOException {
    Path model = Files.createTempDirectory("model");
    Files.writeString(model.resolve("model.onnx"), "a model");
    TrainingProfile profile = profile(rows(3, 500));
    profile.save(model.resolve("profile.json"));

    var reference = Objects.requireNonNull(ReferenceLoader.load(Shop.pipeline(model)));

    assertThat(reference.references())
        .extracting(Reference::profile)
        .containsExactlyElementsOf(
            profile.references().values().stream().map(Reference::profile).toList());
  }

  @Test
  void binsAreThoseOfTheFeatures() throws IOException {
    Block first = blocks(profile(rows(4, 300))).list().get(0);

    assertThat(first.start()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
    assertThat(of(first, "amount").bins()).isInstanceOf(NumberBins.class);
    assertThat(of(first, "channel").bins()).isInstanceOf(CategoryBins.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"block_millis\" : 3600000 | \"block_millis\" : 0 | block_millis: a positive number",
        "\"2026-01-01T00:00:00Z\" | \"2026-01-01T00:00:01Z\" | blocks.2026-01-01T00:00:01Z: a multiple",
        "\"2026-01-01T00:00:00Z\" | \"today\" | blocks.today: a time in ISO 8601 expected",
        "\"2026-01-01T00:00:00Z\" | \"2027-01-01T00:00:00Z\" | it is not after the block before",
        "\"channel\":{\"counts\" | \"other\":{\"counts\" | .channel: an object expected, but it is",
        "{\"counts\":[ | {\"counts\":[-999, | amount.counts: counts of at most",
        "{\"counts\":[ | {\"counts\":[0, | amount.counts: counts of at most",
        "{\"counts\":[ | {\"counts\":[-1, | the counts of 'amount' do not add up to"
      })
  void damagedBlocksAreRejectedWithTheirPlace(String sound, String damaged, String problem)
      throws IOException {
    String json = profile(rows(6, 300)).toJson();
    assertThat(json).contains(sound);

    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> {
              int at = json.indexOf(sound);
              String changed =
                  json.substring(0, at) + damaged + json.substring(at + sound.length());
              TrainingProfile.parse(changed, "profile.json");
            })
        .withMessageContaining(problem);
  }
}
