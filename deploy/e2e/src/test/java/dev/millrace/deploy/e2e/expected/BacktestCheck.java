package dev.millrace.deploy.e2e.expected;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.deploy.e2e.pipeline.Packaged;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.deploy.topic.AvroJson;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.topics.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Runs a backtest over the whole log of a pipeline. */
public final class BacktestCheck {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RunningPipeline running;

  public BacktestCheck(RunningPipeline running) {
    this.running = running;
  }

  /**
   * Checks that it gives every report of the running job, with equal values to the last digit, and
   * writes nothing to the topic.
   *
   * @param directory for its files
   * @return the number of compared reports
   */
  public int check(Path directory) throws IOException, InterruptedException {
    Map<String, JsonNode> live = live();
    long written = running.read(Topics.driftReports(running.pipeline())).size();
    Path json = directory.resolve("backtest.json");
    Path page = directory.resolve("backtest.html");
    Packaged.run(
        running.platform(),
        "drift",
        "backtest",
        running.pipelineFile().toString(),
        "--out=" + page,
        "--json=" + json);

    Map<String, JsonNode> tested = new TreeMap<>();
    for (JsonNode report : JSON.readTree(json.toFile()).path("reports")) {
      tested.put(report.path("id").textValue(), report);
    }
    for (Map.Entry<String, JsonNode> report : live.entrySet()) {
      assertThat(tested.get(report.getKey())).as(report.getKey()).isEqualTo(report.getValue());
    }
    assertThat(running.read(Topics.driftReports(running.pipeline())).size()).isEqualTo(written);
    assertThat(Files.readString(page)).contains("<svg");
    return live.size();
  }

  /** The newest report of each id. */
  private Map<String, JsonNode> live() throws IOException {
    String topic = Topics.driftReports(running.pipeline());
    AvroDecoder decoder = running.decoder(topic, DriftReport.getClassSchema());
    Map<String, JsonNode> reports = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> record : running.read(topic)) {
      GenericRecord report = RunningPipeline.decode(decoder, record);
      // As it is after it was written and read.
      reports.put(report.get("id").toString(), JSON.readTree(AvroJson.of(report).toString()));
    }
    return reports;
  }
}
