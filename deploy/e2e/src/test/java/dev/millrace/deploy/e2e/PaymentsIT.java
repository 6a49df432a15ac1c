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
import dev.millrace.schemas.topics.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The payments pipeline without a model, so that a prediction contains every feature of every view:
 * those of the customer are recomputed as of the payment.
 */
class PaymentsIT {
  private static final int PAYMENTS = 4_000;

  @Test
  void aPaymentIsServedWithFeaturesThatIncludeIt(@TempDir Path dir) throws Exception {
    Path file = collecting(dir);
    try (RunningPipeline running = RunningPipeline.start(dir.resolve("platform"), file)) {
      Packaged.run(
          running.platform(),
          "simulate",
          file.toString(),
          "--events=" + PAYMENTS,
          "--rate=500",
          "--seed=3",
          "--bad-share=0");
      Ledger.Audit audit = running.awaitNothingLost();
      assertThat(audit.kept()).as("%s", audit).isTrue();
      assertThat(audit.predictions()).isEqualTo(PAYMENTS);

      ServedFeatures customers = customers(running);
      for (GenericRecord prediction : running.predictions()) {
        assertThat(((GenericRecord) prediction.get("vector")).get("wait")).hasToString("ARRIVED");
        customers.checkOwn(prediction, false);
      }
      System.out.printf(
          "%,d served values of %,d payments equal their recomputation%n",
          customers.compared(), audit.predictions());
      assertThat(customers.compared()).isGreaterThan(PAYMENTS);
    }
  }

  /** The example without its model, and without a limit of the wait. */
  private static Path collecting(Path dir) throws IOException {
    Path example = Packaged.DISTRIBUTION.home().resolve("examples/payments");
    for (String schema : List.of("payment.avsc", "chargeback.avsc")) {
      Files.copy(example.resolve(schema), dir.resolve(schema));
    }
    String text = Files.readString(example.resolve("pipeline.yaml"));
    String features = text.substring(0, text.indexOf("\nmodel:"));
    assertThat(features).contains("wait: 5s");
    Path file = dir.resolve("pipeline.yaml");
    return Files.writeString(file, features.replace("wait: 5s", "wait: forever"));
  }

  /** Adds the payments in the order of their partitions, which is also that of each customer. */
  private static ServedFeatures customers(RunningPipeline running) {
    Pipeline pipeline = running.pipeline();
    Lookup lookup = Objects.requireNonNull(pipeline.lookups().get("customer"));
    FeatureOracle oracle = new FeatureOracle(lookup.view());
    String clean = Topics.clean(pipeline, pipeline.score());
    AvroDecoder decoder = running.decoder(clean, pipeline.scored().schema());
    for (ConsumerRecord<byte[], byte[]> record : running.read(clean)) {
      oracle.add(event(RunningPipeline.decode(decoder, record)));
    }
    return new ServedFeatures(pipeline, lookup, oracle);
  }

  private static FeatureOracle.Event event(GenericRecord payment) {
    Map<String, Object> values = new HashMap<>();
    for (Schema.Field field : payment.getSchema().getFields()) {
      Object value = payment.get(field.pos());
      if (value != null) {
        values.put(field.name(), value instanceof Number ? value : value.toString());
      }
    }
    return new FeatureOracle.Event(
        payment.get("payment_id").toString(), (Long) payment.get("paid_at"), values);
  }
}
