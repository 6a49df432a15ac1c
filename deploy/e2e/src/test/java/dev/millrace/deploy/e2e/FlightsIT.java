package dev.millrace.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import dev.millrace.deploy.audit.Ledger;
import dev.millrace.deploy.e2e.expected.DatasetCheck;
import dev.millrace.deploy.e2e.expected.FeatureOracle;
import dev.millrace.deploy.e2e.expected.ServedFeatures;
import dev.millrace.deploy.e2e.pipeline.Packaged;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.schemas.pipeline.Lookup;
import dev.millrace.schemas.pipeline.Pipeline;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real flights at full speed, aligned; the served features of a sample recomputed from the files,
 * and those of all flights recomputed by a data set. {@code ./mvnw verify -Dit.test=FlightsIT
 * -Dmillrace.flights.rows=508239 -Dmillrace.it.jit=-XX:TieredStopAtLevel=4} is the whole month, and
 * {@code -Dmillrace.flights.pipeline=FILE} takes a pipeline with a model.
 */
class FlightsIT {
  private static final Path DATA = Packaged.repository().resolve("../shared/data");
  private static final Path DEPARTURES = DATA.resolve("departures-2001-01.csv.gz");
  private static final Path ARRIVALS = DATA.resolve("arrivals-2001-01.csv.gz");
  private static final int ROWS = Integer.getInteger("millrace.flights.rows", 8_000);
  private static final int SAMPLE = 1_000;
  private static final long SEED = 1;

  private final Random random = new Random(SEED);
  private final List<GenericRecord> sample = new ArrayList<>();
  private final LongSummaryStatistics published = new LongSummaryStatistics();
  private final LongSummaryStatistics scored = new LongSummaryStatistics();

  @Test
  void everyFlightIsPredictedOnceWithTheRecomputedFeatures(@TempDir Path dir) throws Exception {
    assumeTrue(Files.exists(DEPARTURES), "no flight data in " + DATA);
    String given = System.getProperty("millrace.flights.pipeline");
    Path file = given == null ? aligned(dir.resolve("flights")) : Path.of(given);
    try (RunningPipeline running = RunningPipeline.start(dir.resolve("platform"), file)) {
      Packaged.run(
          running.platform(),
          "replay",
          file.toString(),
          "departures=" + DEPARTURES,
          "arrivals=" + ARRIVALS,
          "--full-speed",
          "--until=" + departure(ROWS).plusSeconds(1));
      Ledger.Audit audit = running.awaitNothingLost(Duration.ofMinutes(15));
      assertThat(audit.events()).isGreaterThanOrEqualTo(ROWS);
      assertThat(audit.kept()).as("%s", audit).isTrue();
      assertThat(audit.predictions()).isEqualTo(audit.events());
      assertThat(audit.deadLetters()).isEmpty();
      running.forEachPrediction(this::take);
      double seconds = (scored.getMax() - published.getMin()) / 1000.0;
      System.out.printf(
          "%,d departures from publication to prediction in %.1f s, %,.0f a second, and their"
              + " arrivals beside them%n",
          scored.getCount(), seconds, scored.getCount() / seconds);
      System.out.printf(
          "%,d served values of %,d flights equal their recomputation%n",
          checkFeatures(running.pipeline()), sample.size());
      if (given == null) {
        int complete =
            new DatasetCheck(running, Files.createDirectory(dir.resolve("datasets")))
                .checkRecomputed();
        assertThat(complete).isGreaterThan(ROWS / 2);
        System.out.printf("%,d complete rows equal those of a recomputation%n", complete);
      }
    }
  }

  /** The example, in which each departure waits until both sources have passed its time. */
  private static Path aligned(Path copy) throws IOException {
    Packaged.copy(Packaged.DISTRIBUTION.home().resolve("examples/flights"), copy);
    Path file = copy.resolve("pipeline.yaml");
    String text = Files.readString(file);
    assertThat(text).contains("score: departures\n", "    ttl: 2d\n");
    return Files.writeString(
        file,
        text.replace("score: departures\n", "score: departures\nalign: true\n")
            .replace("    ttl: 2d\n", "    ttl: 2d\n    wait: forever\n"));
  }

  /** Keeps a uniform sample of the predictions (Vitter 1985, algorithm R). */
  private void take(GenericRecord prediction) {
    published.accept((Long) prediction.get("published_at"));
    scored.accept((Long) prediction.get("scored_at"));
    if (sample.size() < SAMPLE) {
      sample.add(prediction);
    } else {
      long place = random.nextLong(scored.getCount());
      if (place < SAMPLE) {
        sample.set((int) place, prediction);
      }
    }
  }

  /** Checks the sample and returns the number of values. */
  private int checkFeatures(Pipeline pipeline) throws IOException {
    Lookup lookup = Objects.requireNonNull(pipeline.lookups().get("origin"));
    FeatureOracle oracle = new FeatureOracle(lookup.view());
    try (Stream<NamedCsvRecord> arrivals = rows(ARRIVALS)) {
      arrivals.forEach(row -> oracle.add(arrival(row)));
    }
    ServedFeatures served = new ServedFeatures(pipeline, lookup, oracle);
    for (GenericRecord prediction : sample) {
      served.check(prediction, prediction.get("key").toString(), true);
    }
    assertThat(served.compared()).isGreaterThan(SAMPLE);
    return served.compared();
  }

  private static FeatureOracle.Event arrival(NamedCsvRecord row) {
    return new FeatureOracle.Event(
        row.getField("flight_id"),
        Instant.parse(row.getField("arrived_at")).toEpochMilli(),
        Map.of(
            "origin", row.getField("origin").intern(),
            "delay_minutes", Long.valueOf(row.getField("delay_minutes"))));
  }

  /** The departure time of a flight, by its number in the file. */
  private static Instant departure(int row) throws IOException {
    try (Stream<NamedCsvRecord> departures = rows(DEPARTURES)) {
      return departures
          .limit(row)
          .map(flight -> Instant.parse(flight.getField("departed_at")))
          .reduce((earlier, later) -> later)
          .orElseThrow();
    }
  }

  private static Stream<NamedCsvRecord> rows(Path file) throws IOException {
    Reader text =
        new InputStreamReader(
            new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8);
    return CsvReader.builder().ofNamedCsvRecord(text).stream();
  }
}
