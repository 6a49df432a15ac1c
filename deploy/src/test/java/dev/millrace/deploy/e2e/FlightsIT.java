package dev.millrace.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import dev.millrace.deploy.demo.Auditor;
import dev.millrace.deploy.demo.Ledger;
import dev.millrace.deploy.platform.LocalPlatform;
import dev.millrace.deploy.topic.TopicReader;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.PipelineFile;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
import dev.millrace.schemas.wire.AvroDecoder;
import dev.millrace.schemas.wire.Decoded;
import dev.millrace.schemas.wire.HttpRegistry;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
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
import java.util.zip.GZIPInputStream;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real flights through the full loop, flat out, and each served feature recomputed from the files.
 * Runs when asked to: {@code ./mvnw verify -Dit.test=FlightsIT -Dmillrace.flights.rows=508239} is
 * the whole month.
 */
class FlightsIT {
  private static final Path DATA = E2e.repository().resolve("../shared/data");
  private static final Path DEPARTURES = DATA.resolve("departures-2001-01.csv.gz");
  private static final Path ARRIVALS = DATA.resolve("arrivals-2001-01.csv.gz");
  private static final int SAMPLE = 1_000;
  private static final long SEED = 1;

  @Test
  void everyFlightIsPredictedOnceFromFeaturesThatCanBeRecomputed(@TempDir Path dir)
      throws Exception {
    assumeTrue(Files.exists(DEPARTURES), "no flight data in " + DATA);
    int rows = Integer.getInteger("millrace.flights.rows", 0);
    assumeTrue(rows > 0, "no -Dmillrace.flights.rows");
    Path file = E2e.DISTRIBUTION.home().resolve("examples/flights/pipeline.yaml");
    Pipeline pipeline = PipelineFile.load(file);
    try (LocalPlatform platform = E2e.start(dir, file)) {
      Instant until = time(DEPARTURES, "departed_at", rows);
      E2e.run(
          platform,
          "replay",
          file.toString(),
          "departures=" + DEPARTURES,
          "arrivals=" + ARRIVALS,
          "--flat-out",
          "--until=" + until);
      Auditor auditor =
          new Auditor(
              platform.endpoints().bootstrapServers(),
              new HttpRegistry(platform.endpoints().registryUrl()),
              pipeline);
      Ledger.Audit audit = E2e.awaitNothingLost(auditor, Duration.ofMinutes(15));
      assertThat(audit.events()).isGreaterThan(rows / 2);
      assertThat(audit.kept()).as("%s", audit).isTrue();
      assertThat(audit.predictions()).isEqualTo(audit.events());
      assertThat(audit.deadLetters()).isEmpty();
      checkFeatures(platform, pipeline);
    }
  }

  private static void checkFeatures(LocalPlatform platform, Pipeline pipeline) throws IOException {
    FeatureView view = Objects.requireNonNull(pipeline.features().get("origin"));
    FeatureOracle oracle = new FeatureOracle(view);
    for (NamedCsvRecord row : rows(ARRIVALS)) {
      oracle.add(
          new FeatureOracle.Event(
              row.getField("flight_id"),
              Instant.parse(row.getField("arrived_at")).toEpochMilli(),
              Map.of(
                  "origin", row.getField("origin"),
                  "delay_minutes", Long.valueOf(row.getField("delay_minutes")))));
    }
    List<GenericRecord> predictions = predictions(platform, pipeline);
    printRate(predictions);
    Collections.shuffle(predictions, new Random(SEED));
    ServedFeatures served = new ServedFeatures(pipeline, pipeline.features().get("origin"), oracle);
    for (GenericRecord prediction : predictions.subList(0, SAMPLE)) {
      served.check(prediction, prediction.get("key").toString(), true);
    }
    System.out.printf("%,d served values equal their recomputation%n", served.compared());
    assertThat(served.compared()).isGreaterThan(SAMPLE);
  }

  private static void printRate(List<GenericRecord> predictions) {
    long first =
        predictions.stream().mapToLong(p -> (Long) p.get("published_at")).min().orElseThrow();
    long last = predictions.stream().mapToLong(p -> (Long) p.get("scored_at")).max().orElseThrow();
    double seconds = (last - first) / 1000.0;
    System.out.printf(
        "%,d departures from publication to prediction in %.1f s, %,.0f a second; as many arrivals"
            + " beside them%n",
        predictions.size(), seconds, predictions.size() / seconds);
  }

  private static List<GenericRecord> predictions(LocalPlatform platform, Pipeline pipeline) {
    String topic = Topics.predictions(pipeline);
    AvroDecoder decoder =
        new AvroDecoder(
            new HttpRegistry(platform.endpoints().registryUrl()),
            topic,
            PipelineSchemas.prediction(pipeline));
    List<GenericRecord> predictions = new ArrayList<>();
    TopicReader.read(
        platform.endpoints().bootstrapServers(),
        List.of(topic),
        record -> predictions.add(((Decoded.Value) decoder.decode(record.value())).record()));
    return predictions;
  }

  private static Instant time(Path file, String column, int row) throws IOException {
    List<NamedCsvRecord> rows = rows(file);
    return Instant.parse(rows.get(Math.min(row, rows.size()) - 1).getField(column)).plusSeconds(1);
  }

  private static List<NamedCsvRecord> rows(Path file) throws IOException {
    try (Reader text =
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8);
        CsvReader<NamedCsvRecord> csv = CsvReader.builder().ofNamedCsvRecord(text)) {
      return csv.stream().toList();
    }
  }
}
