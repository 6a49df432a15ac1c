package dev.millrace.deploy.e2e.expected;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
import dev.millrace.schemas.topics.WireHeaders;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The expected outcomes, computed from predictions and labels in the topics. A label within the
 * maturity is OBSERVED. Without one, the pipeline's {@code otherwise} is ASSUMED when the source of
 * labels has progressed beyond the maturity; before that there is no outcome. For pipelines in
 * which every event of the source of labels is a positive label.
 */
public final class ExpectedOutcomes {
  private record Outcome(String status, double label) {}

  private final Map<String, Outcome> expected = new HashMap<>();
  private final RunningPipeline running;

  private ExpectedOutcomes(RunningPipeline running) {
    this.running = running;
  }

  /** Computes the outcomes of all predictions and labels that are in the topics now. */
  public static ExpectedOutcomes read(RunningPipeline running) {
    ExpectedOutcomes outcomes = new ExpectedOutcomes(running);
    Pipeline pipeline = running.pipeline();
    Labels labels = Objects.requireNonNull(pipeline.labels());
    Source source = pipeline.source(labels.from());
    List<ConsumerRecord<byte[], byte[]>> events = outcomes.labelEvents(source);
    Map<String, Long> labelTimes = outcomes.labelTimes(events, labels, source);
    long progress = running.awaitProgress(Topics.clean(pipeline, source.name()));
    running.forEachPrediction(
        prediction -> {
          String id = prediction.get("event_id").toString();
          long mature = (Long) prediction.get("event_time") + labels.maturity().toMillis();
          Long labelTime = labelTimes.get(id);
          if (labelTime != null && labelTime <= mature) {
            outcomes.expected.put(id, new Outcome("OBSERVED", 1));
          } else if (progress > mature) {
            outcomes.expected.put(id, new Outcome("ASSUMED", 0));
          }
        });
    return outcomes;
  }

  public int size() {
    return expected.size();
  }

  /** Compares each outcome of the topic with the expected one; none may be missing or repeated. */
  public void check() {
    String topic = Topics.outcomes(running.pipeline());
    AvroDecoder decoder = running.decoder(topic, PipelineSchemas.outcome(running.pipeline()));
    Set<String> found = new HashSet<>();
    int observed = 0;
    for (ConsumerRecord<byte[], byte[]> record : running.read(topic)) {
      GenericRecord outcome = RunningPipeline.decode(decoder, record);
      String id = outcome.get("event_id").toString();
      assertThat(found.add(id)).as("one outcome of %s", id).isTrue();
      String status = outcome.get("label_status").toString();
      assertThat(new Outcome(status, (Double) outcome.get("label")))
          .as("outcome of %s", id)
          .isEqualTo(expected.get(id));
      observed += status.equals("OBSERVED") ? 1 : 0;
    }
    assertThat(found).isEqualTo(expected.keySet());
    assertThat(observed).isPositive().isLessThan(found.size());
    System.out.printf(
        "%,d outcomes, %,d of them with a label, equal those of predictions and labels%n",
        found.size(), observed);
  }

  private List<ConsumerRecord<byte[], byte[]>> labelEvents(Source source) {
    List<ConsumerRecord<byte[], byte[]>> events =
        new ArrayList<>(running.read(Topics.clean(running.pipeline(), source.name())));
    running.read(Topics.late(running.pipeline())).stream()
        .filter(each -> RunningPipeline.header(each, WireHeaders.SOURCE).equals(source.name()))
        .forEach(events::add);
    return events;
  }

  private Map<String, Long> labelTimes(
      List<ConsumerRecord<byte[], byte[]>> events, Labels labels, Source source) {
    AvroDecoder decoder =
        running.decoder(Topics.clean(running.pipeline(), source.name()), source.schema());
    Map<String, Long> times = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> event : events) {
      String id = RunningPipeline.decode(decoder, event).get(labels.id()).toString();
      times.merge(id, event.timestamp(), Math::min);
    }
    return times;
  }
}
