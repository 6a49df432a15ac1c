package dev.millrace.deploy.e2e.expected;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.deploy.e2e.pipeline.Packaged;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.schemas.topics.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Builds the data set of a pipeline, and builds it again from its manifest. */
public final class DatasetCheck {
  private static final List<String> FILES =
      List.of("manifest.json", "profile.json", "rows.parquet");

  private final RunningPipeline running;
  private final Path directory;

  /**
   * @param directory for the data sets
   */
  public DatasetCheck(RunningPipeline running, Path directory) {
    this.running = running;
    this.directory = directory;
  }

  /**
   * Checks the number of rows, that the same manifest makes the same bytes although the topic has
   * grown, and that a manifest whose records are gone is rejected. Publishes a prediction again and
   * deletes the first outcome.
   *
   * @param outcomes the number of events with an outcome
   */
  public void check(int outcomes) throws IOException, InterruptedException {
    Path first = directory.resolve("first");
    Path again = directory.resolve("again");
    run("--from=2000-01-01", "--to=2100-01-01", "--out=" + first);
    JsonNode manifest = new ObjectMapper().readTree(first.resolve("manifest.json").toFile());
    JsonNode counts = manifest.path("counts");
    assertThat(counts.path("rows").asInt()).isEqualTo(outcomes);
    assertThat(counts.path("undecodable").asInt()).isZero();
    assertThat(counts.path("without_prediction").asInt()).isZero();
    assertThat(counts.path("predictions").asLong() - counts.path("repeated").asLong())
        .isEqualTo(outcomes + counts.path("unlabelled").asLong());

    String predictions = Topics.predictions(running.pipeline());
    ConsumerRecord<byte[], byte[]> one =
        running.read(predictions).stream()
            .filter(record -> record.value() != null)
            .findFirst()
            .orElseThrow();
    running.send(new ProducerRecord<>(predictions, one.partition(), one.key(), one.value()));
    run("--manifest=" + first.resolve("manifest.json"), "--out=" + again);
    for (String file : FILES) {
      assertThat(again.resolve(file)).hasSameBinaryContentAs(first.resolve(file));
    }
    System.out.printf(
        "%,d rows of a data set, the same bytes when it was built again%n",
        counts.path("rows").asInt());

    Path third = directory.resolve("third");
    running.deleteFirstRecords(Topics.outcomes(running.pipeline()), 1);
    Packaged.Result failed =
        Packaged.result(
            running.platform(),
            arguments("--manifest=" + first.resolve("manifest.json"), "--out=" + third));
    assertThat(failed.exit()).isEqualTo(1);
    assertThat(failed.errors()).contains("are gone, since retention deleted them");
    assertThat(directory).isDirectoryNotContaining(path -> path.toString().contains("third"));
  }

  /**
   * Checks that the inputs of all complete rows as served equal those that are recomputed, and that
   * a second recomputation from the manifest makes the same bytes.
   *
   * @return the number of complete rows
   */
  public int checkRecomputed() throws IOException, InterruptedException {
    String all = "--from=2000-01-01 --to=2100-01-01 --unlabelled";
    Path served = build("served", (all + " --complete-only").split(" "));
    Path recomputed = build("recomputed", (all + " --recompute").split(" "));
    Map<String, Map<String, String>> rows = new HashMap<>();
    ParquetRows.read(
        recomputed.resolve("rows.parquet"), row -> rows.put(row.get("event_id"), inputs(row)));
    int[] compared = new int[1];
    ParquetRows.read(
        served.resolve("rows.parquet"),
        row -> {
          assertThat(rows.get(row.get("event_id"))).as("%s", row).isEqualTo(inputs(row));
          compared[0]++;
        });

    Path again = build("recomputed-again", "--manifest=" + recomputed.resolve("manifest.json"));
    for (String file : FILES) {
      assertThat(again.resolve(file)).hasSameBinaryContentAs(recomputed.resolve(file));
    }
    return compared[0];
  }

  private static Map<String, String> inputs(Map<String, String> row) {
    Map<String, String> inputs = new HashMap<>(row);
    inputs.keySet().removeIf(column -> !column.startsWith("inputs."));
    return inputs;
  }

  private Path build(String name, String... options) throws IOException, InterruptedException {
    Path out = directory.resolve(name);
    List<String> all = new ArrayList<>(List.of(options));
    all.add("--out=" + out);
    run(all.toArray(String[]::new));
    return out;
  }

  private void run(String... options) throws IOException, InterruptedException {
    Packaged.run(running.platform(), arguments(options));
  }

  private String[] arguments(String... options) {
    List<String> arguments =
        new ArrayList<>(List.of("dataset", "build", running.pipelineFile().toString()));
    arguments.addAll(List.of(options));
    return arguments.toArray(String[]::new);
  }
}
