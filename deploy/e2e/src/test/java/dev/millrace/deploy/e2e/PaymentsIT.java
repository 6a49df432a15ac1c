package dev.millrace.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.audit.Ledger;
import dev.millrace.deploy.e2e.expected.FeatureOracle;
import dev.millrace.deploy.e2e.expected.ServedFeatures;
import dev.millrace.deploy.e2e.pipeline.Packaged;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.pipeline.Lookup;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The payments pipeline without a model, aligned, so that a prediction contains every feature of
 * every view and its vector is a function of the data: the values of all views are recomputed from
 * the events in the topics, as of each payment.
 */
class PaymentsIT {
  private static final int PAYMENTS = 4_000;

  /** Each has about 130 payments, so that many follow a chargeback of the same customer. */
  private static final int CUSTOMERS = 30;

  /** The least number of values of each view that are not 0. */
  private static final int PRESENT = 300;

  /** Two more views: one of another source, and one with few payments of each entity. */
  private static final String VIEWS =
      """
        device:
          from: payments
          entity: device_id
          wait: forever
          aggregates:
            - {operations: [count], windows: [1h, 7d]}
            - {input: amount, operations: [sum, min], windows: [1d]}
            - {input: customer_id, operations: [last], windows: [7d]}
        reported:
          from: chargebacks
          entity: customer_id
          wait: forever
          aggregates:
            - {operations: [count], windows: [1h, 1d]}
            - {input: payment_id, operations: [last], windows: [7d]}
      """;

  @Test
  void aPaymentIsServedWithTheFeaturesAsOfIt(@TempDir Path dir) throws Exception {
    Path file = collecting(dir);
    try (RunningPipeline running = RunningPipeline.start(dir.resolve("platform"), file)) {
      Packaged.run(
          running.platform(),
          "simulate",
          file.toString(),
          "--events=" + PAYMENTS,
          "--customers=" + CUSTOMERS,
          "--rate=500",
          "--seed=3",
          "--bad-share=0");
      Ledger.Audit audit = running.awaitNothingLost();
      assertThat(audit.kept()).as("%s", audit).isTrue();
      assertThat(audit.predictions()).isEqualTo(PAYMENTS);
      check(running);
    }
  }

  private void check(RunningPipeline running) {
    Map<String, FeatureOracle.Event> payments = new HashMap<>();
    List<ServedFeatures> views = views(running, payments);
    int complete = 0;
    for (GenericRecord prediction : running.predictions()) {
      GenericRecord vector = (GenericRecord) prediction.get("vector");
      assertThat(vector.get("wait")).hasToString("ARRIVED");
      complete += vector.get("complete").equals(true) ? 1 : 0;
      FeatureOracle.Event payment =
          Objects.requireNonNull(payments.get(prediction.get("event_id").toString()));
      for (ServedFeatures view : views) {
        view.check(prediction, entity(view.lookup(), payment), false);
      }
    }
    // Payments before the first progress of the simulator do not wait, and are not complete.
    assertThat(complete).isGreaterThan(PAYMENTS * 3 / 4);
    for (ServedFeatures view : views) {
      System.out.printf(
          "%,d values of view %s of %,d complete payments equal their recomputation, %,d are not 0%n",
          view.compared(), view.lookup().name(), complete, view.present());
      assertThat(view.compared()).as(view.lookup().name()).isGreaterThan(complete);
      assertThat(view.present()).as(view.lookup().name()).isGreaterThan(PRESENT);
    }
  }

  /** The example without its model, aligned, with further views and without a limit of the wait. */
  private static Path collecting(Path dir) throws IOException {
    Path example = Packaged.DISTRIBUTION.home().resolve("examples/payments");
    for (String schema : List.of("payment.avsc", "chargeback.avsc")) {
      Files.copy(example.resolve(schema), dir.resolve(schema));
    }
    String text = Files.readString(example.resolve("pipeline.yaml"));
    String features = text.substring(0, text.indexOf("\n# Trained by"));
    assertThat(features).contains("wait: 5s", "score: payments\n");
    Path file = dir.resolve("pipeline.yaml");
    return Files.writeString(
        file,
        features
                .replace("wait: 5s", "wait: forever")
                .replace("score: payments\n", "score: payments\nalign: true\n")
            + VIEWS);
  }

  /**
   * One oracle for each lookup, with all events of its view's source.
   *
   * @param payments receives the payments by their id
   */
  private static List<ServedFeatures> views(
      RunningPipeline running, Map<String, FeatureOracle.Event> payments) {
    Pipeline pipeline = running.pipeline();
    Map<String, List<FeatureOracle.Event>> events = new HashMap<>();
    for (Source source : pipeline.sources().values()) {
      events.put(source.name(), events(running, source));
    }
    events.getOrDefault(pipeline.score(), List.of()).forEach(each -> payments.put(each.id(), each));
    List<ServedFeatures> views = new ArrayList<>();
    for (Lookup lookup : pipeline.lookups().values()) {
      FeatureOracle oracle = new FeatureOracle(lookup.view());
      events.getOrDefault(lookup.view().from(), List.of()).forEach(oracle::add);
      views.add(new ServedFeatures(pipeline, lookup, oracle));
    }
    return views;
  }

  /** The events of a source in the order of their partitions. */
  private static List<FeatureOracle.Event> events(RunningPipeline running, Source source) {
    String clean = Topics.clean(running.pipeline(), source.name());
    AvroDecoder decoder = running.decoder(clean, source.schema());
    List<FeatureOracle.Event> events = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : running.read(clean)) {
      events.add(FeatureOracle.Event.of(RunningPipeline.decode(decoder, record), source));
    }
    return events;
  }

  private static String entity(Lookup lookup, FeatureOracle.Event payment) {
    List<String> key = new ArrayList<>();
    for (String field : lookup.key().fields()) {
      key.add(Objects.requireNonNull(payment.values().get(field), field).toString());
    }
    return lookup.key().of(key);
  }
}
