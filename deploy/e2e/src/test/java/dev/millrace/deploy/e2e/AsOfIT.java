package dev.millrace.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import dev.millrace.deploy.audit.Ledger;
import dev.millrace.deploy.e2e.expected.FlightTruth;
import dev.millrace.deploy.e2e.expected.FlightTruth.AsOf;
import dev.millrace.deploy.e2e.expected.FlightTruth.Flight;
import dev.millrace.deploy.e2e.expected.FlightTruth.Window;
import dev.millrace.deploy.e2e.expected.VectorDigests;
import dev.millrace.deploy.e2e.pipeline.Await;
import dev.millrace.deploy.e2e.pipeline.Packaged;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.deploy.e2e.pipeline.UncoveredRecords;
import dev.millrace.deploy.platform.Component;
import dev.millrace.deploy.process.ChildProcess;
import dev.millrace.deploy.topic.TopicReader;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Aligned feature vectors of real flights, each value recomputed from the files as of departure.
 * Flink is killed meanwhile, when vectors exist that its newest checkpoint does not cover.
 *
 * <p>{@code ./mvnw verify -Dit.test=AsOfIT -Dmillrace.it.heap=3g
 * -Dmillrace.it.jit=-XX:TieredStopAtLevel=4 -Dmillrace.asof.rows=508239} is the whole month; {@code
 * -Dmillrace.asof.speed=3600} replays it at a multiple of real time, and {@code
 * -Dmillrace.asof.partitions=2} with other partitions. With {@code -Dmillrace.asof.vectors=FILE} a
 * first run writes a digest of each vector to the file, and other runs compare theirs with it.
 */
class AsOfIT {
  private static final Path DATA = Packaged.repository().resolve("../shared/data");
  private static final Path DEPARTURES = DATA.resolve("departures-2001-01.csv.gz");
  private static final Path ARRIVALS = DATA.resolve("arrivals-2001-01.csv.gz");
  private static final int ROWS = Integer.getInteger("millrace.asof.rows", 8_000);
  private static final String SPEED = System.getProperty("millrace.asof.speed", "");
  private static final String PARTITIONS = System.getProperty("millrace.asof.partitions", "");
  private static final String VECTORS = System.getProperty("millrace.asof.vectors", "");
  private static final Duration TIMEOUT = Duration.ofMinutes(20);

  /** Vectors since the newest checkpoint when Flink is killed, some of which are complete. */
  private static final int WRITTEN_AGAIN = 300;

  private final FlightTruth delays = new FlightTruth(FlightTruth.keepMillis(24, 48));
  private final FlightTruth arriving = new FlightTruth(FlightTruth.keepMillis(3, 0));
  private final FlightTruth route = new FlightTruth(FlightTruth.keepMillis(24, 0));
  private final FlightTruth departed = new FlightTruth(FlightTruth.keepMillis(1, 0));
  private final FlightTruth inbound = new FlightTruth(FlightTruth.keepMillis(3, 0));
  private final Map<String, Flight> scored = new HashMap<>();
  private final VectorDigests seen = new VectorDigests();
  private long compared;
  private long incomplete;

  @Test
  void everyVectorEqualsTheFilesAsOfDeparture(@TempDir Path dir) throws Exception {
    assumeTrue(Files.exists(DEPARTURES), "no flight data in " + DATA);
    Path file =
        Packaged.copy(Path.of("src/test/resources/asof"), dir.resolve("asof"))
            .resolve("pipeline.yaml");
    if (!PARTITIONS.isEmpty()) {
      Files.writeString(file, "\npartitions: " + PARTITIONS + "\n", StandardOpenOption.APPEND);
    }
    long untilMillis = readDepartures();
    readArrivals(untilMillis);
    try (RunningPipeline running = RunningPipeline.start(dir.resolve("platform"), file)) {
      CompletableFuture<Void> load =
          CompletableFuture.runAsync(() -> replay(running, file, untilMillis));
      UncoveredRecords vectors = new UncoveredRecords(running, Topics.vectors(running.pipeline()));
      Await.condition(
          "vectors since a checkpoint", TIMEOUT, () -> vectors.exist(WRITTEN_AGAIN, ROWS / 4));
      ChildProcess flink = running.platform().child(Component.FLINK);
      flink.killHard();
      flink.restart();
      flink.awaitReady();
      load.join();
      Ledger.Audit audit = running.awaitNothingLost(TIMEOUT);
      assertThat(audit.kept()).as("%s", audit).isTrue();
      assertThat(audit.events()).isEqualTo(scored.size());
      check(running);
      System.out.printf(
          "%,d values of %,d vectors equal the files as of departure, %,d vectors were written again and equal, %,d are not complete%n",
          compared, seen.size() - incomplete, seen.repeated(), incomplete);
      assertThat(seen.repeated()).as("vectors written again").isPositive();
      assertThat(incomplete).isLessThan(seen.size() / 4);
      assertThat(seen.size()).isEqualTo(scored.size());
      if (!VECTORS.isEmpty()) {
        System.out.println(seen.compare(Path.of(VECTORS)));
      }
    }
  }

  private static void replay(RunningPipeline running, Path file, long untilMillis) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "replay",
                file.toString(),
                "departures=" + DEPARTURES,
                "arrivals=" + ARRIVALS,
                SPEED.isEmpty() ? "--full-speed" : "--speed=" + SPEED,
                "--until=" + Instant.ofEpochMilli(untilMillis)));
    try {
      Packaged.run(running.platform(), arguments.toArray(String[]::new));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void check(RunningPipeline running) {
    String topic = Topics.vectors(running.pipeline());
    AvroDecoder decoder = running.decoder(topic, PipelineSchemas.vector(running.pipeline()));
    TopicReader.read(
        running.platform().endpoints().bootstrapServers(),
        List.of(topic),
        record -> check(RunningPipeline.decode(decoder, record)));
  }

  private void check(GenericRecord vector) {
    String id = ((GenericRecord) vector.get("event")).get("event_id").toString();
    if (!seen.add(id, vector)) {
      return;
    }
    Flight flight = Objects.requireNonNull(scored.get(id), id);
    long time = flight.timeMillis();
    if (vector.get("complete").equals(false)) {
      incomplete++;
      checkNothingNewer(vector, time, id);
      return;
    }
    checkDelays(vector, "origin", delays.asOf(flight.origin(), time), id);
    checkDelays(vector, "destination", delays.asOf(flight.destination(), time), id);
    AsOf to = arriving.asOf(flight.destination(), time);
    check(vector, "arriving", to, id, to == null ? List.of() : countAvg(to.last(3)));
    AsOf on = route.asOf(flight.origin() + "|" + flight.destination(), time);
    check(vector, "route", on, id, on == null ? List.of() : countMax(on.last(24)));
    AsOf out = departed.asOf(flight.origin(), time);
    check(vector, "departed", out, id, out == null ? List.of() : countAvg(out.last(1)));
    AsOf in = inbound.asOf(flight.origin(), time);
    check(vector, "inbound", in, id, in == null ? List.of() : countMax(in.last(3)));
  }

  /**
   * While a source is idle, as before the first rows of a replay, questions do not wait for it.
   * Their vectors may lack events, and have none from the future.
   */
  private static void checkNothingNewer(GenericRecord vector, long timeMillis, String id) {
    GenericRecord lookups = (GenericRecord) vector.get("lookups");
    for (Schema.Field lookup : lookups.getSchema().getFields()) {
      if (lookups.get(lookup.pos()) instanceof GenericRecord served) {
        assertThat((Long) served.get("newest"))
            .as("%s of flight %s", lookup.name(), id)
            .isLessThanOrEqualTo(timeMillis);
      }
    }
  }

  private static List<@Nullable Object> countAvg(Window window) {
    return Arrays.asList(window.count(), window.avg());
  }

  private static List<@Nullable Object> countMax(Window window) {
    return Arrays.asList(window.count(), window.max());
  }

  private void checkDelays(GenericRecord vector, String lookup, @Nullable AsOf asOf, String id) {
    List<@Nullable Object> expected = new ArrayList<>();
    if (asOf != null) {
      List<Window> windows = List.of(asOf.last(1), asOf.last(3), asOf.last(24));
      windows.forEach(window -> expected.add(window.count()));
      windows.forEach(window -> expected.add(window.avg()));
      windows.forEach(window -> expected.add(window.max()));
      windows.forEach(window -> expected.add(window.stddev()));
      expected.add(windows.get(1).countOver(15));
      expected.add(windows.get(2).newest());
    }
    check(vector, lookup, asOf, id, expected);
  }

  private void check(
      GenericRecord vector,
      String lookup,
      @Nullable AsOf asOf,
      String id,
      List<@Nullable Object> expected) {
    GenericRecord served = (GenericRecord) ((GenericRecord) vector.get("lookups")).get(lookup);
    if (asOf == null || served == null) {
      assertThat(served).as("%s of flight %s", lookup, id).isEqualTo(asOf);
      return;
    }
    assertThat(served.get("newest"))
        .as("%s of flight %s", lookup, id)
        .isEqualTo(asOf.newestMillis());
    GenericRecord features = (GenericRecord) served.get("features");
    for (int i = 0; i < expected.size(); i++) {
      String what =
          "%s.%s of flight %s"
              .formatted(lookup, features.getSchema().getFields().get(i).name(), id);
      compared++;
      if (what.contains("stddev") && expected.get(i) instanceof Double value) {
        assertThat((Double) features.get(i)).as(what).isCloseTo(value, within(1e-12 * value));
      } else {
        assertThat(features.get(i)).as(what).isEqualTo(expected.get(i));
      }
    }
  }

  /** Reads the departures, and returns the time at which the replay ends. */
  private long readDepartures() throws IOException {
    long untilMillis = 0;
    try (Stream<NamedCsvRecord> rows = rows(DEPARTURES)) {
      for (NamedCsvRecord row : (Iterable<NamedCsvRecord>) rows::iterator) {
        Flight flight = flight(row, "departed_at", "distance");
        if (scored.size() >= ROWS && flight.timeMillis() >= untilMillis) {
          break;
        }
        scored.put(flight.id(), flight);
        departed.add(flight.origin(), flight);
        inbound.add(flight.destination(), flight);
        untilMillis = flight.timeMillis() + 1_000;
      }
    }
    return untilMillis;
  }

  private void readArrivals(long untilMillis) throws IOException {
    try (Stream<NamedCsvRecord> rows = rows(ARRIVALS)) {
      rows.map(row -> flight(row, "arrived_at", "delay_minutes"))
          .takeWhile(flight -> flight.timeMillis() < untilMillis)
          .forEach(
              flight -> {
                delays.add(flight.origin(), flight);
                arriving.add(flight.destination(), flight);
                route.add(flight.origin() + "|" + flight.destination(), flight);
              });
    }
  }

  private static Flight flight(NamedCsvRecord row, String time, String number) {
    return new Flight(
        row.getField("flight_id"),
        Instant.parse(row.getField(time)).toEpochMilli(),
        row.getField("origin").intern(),
        row.getField("destination").intern(),
        Double.parseDouble(row.getField(number)));
  }

  private static Stream<NamedCsvRecord> rows(Path file) throws IOException {
    Reader text =
        new InputStreamReader(
            new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8);
    return CsvReader.builder().ofNamedCsvRecord(text).stream();
  }
}
