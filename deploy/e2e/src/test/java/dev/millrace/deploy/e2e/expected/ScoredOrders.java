package dev.millrace.deploy.e2e.expected;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.e2e.orders.ShopOrder;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.pipeline.Lookup;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.assertj.core.data.Offset;

/**
 * Compares predictions with the orders that were sent: every input and the score of these inputs.
 * Only the order of the events is read from the clean topic.
 */
final class ScoredOrders {
  /** Relative; the model adds in a different order. */
  private static final double TOLERANCE = 1e-12;

  private final Map<String, ShopOrder> sent;
  private final Map<String, ConsumerRecord<byte[], byte[]>> positions = new HashMap<>();
  private final ServedFeatures customers;
  private final ServedFeatures stores;

  public ScoredOrders(RunningPipeline running, Map<String, ShopOrder> sent) {
    this.sent = sent;
    Pipeline pipeline = running.pipeline();
    List<FeatureOracle.Event> events = new ArrayList<>();
    String clean = Topics.clean(pipeline, pipeline.score());
    AvroDecoder decoder = running.decoder(clean, pipeline.scored().schema());
    for (ConsumerRecord<byte[], byte[]> record : running.read(clean)) {
      String id = RunningPipeline.decode(decoder, record).get("order_id").toString();
      ShopOrder order = sent.get(id);
      if (order != null) {
        assertThat(positions.put(id, record)).as("an earlier clean event %s", id).isNull();
        events.add(event(order));
      }
    }
    this.customers = served(pipeline, "customer", events);
    this.stores = served(pipeline, "store", events);
  }

  private static FeatureOracle.Event event(ShopOrder order) {
    return new FeatureOracle.Event(
        order.id(),
        order.placedAtMillis(),
        Map.of(
            "customer_id", Objects.requireNonNull(order.customer()),
            "store_id", order.store(),
            "channel", order.channel(),
            "currency", order.currency(),
            "amount", order.amount(),
            "placed_at", Instant.ofEpochMilli(order.placedAtMillis())));
  }

  private static ServedFeatures served(
      Pipeline pipeline, String name, List<FeatureOracle.Event> events) {
    Lookup lookup = Objects.requireNonNull(pipeline.lookups().get(name));
    FeatureOracle oracle = new FeatureOracle(lookup.view());
    events.forEach(oracle::add);
    return new ServedFeatures(pipeline, lookup, oracle);
  }

  /** The number of served values that were compared. */
  public int compared() {
    return customers.compared() + stores.compared();
  }

  public void check(GenericRecord prediction) {
    String id = prediction.get("event_id").toString();
    ShopOrder order = Objects.requireNonNull(sent.get(id), id);
    ConsumerRecord<byte[], byte[]> event = Objects.requireNonNull(positions.get(id), id);
    assertThat(prediction.get("key")).isEqualTo(order.customer());
    assertThat(prediction.get("event_time")).isEqualTo(order.placedAtMillis());
    checkReference((GenericRecord) prediction.get("source"), id, event);
    // A view waits without a limit, so that only the vector of the event is valid.
    GenericRecord vector = (GenericRecord) prediction.get("vector");
    assertThat(vector.get("wait")).asString().as("wait of %s", id).isEqualTo("ARRIVED");
    customers.checkOwn(prediction, true);
    stores.check(prediction, order.store(), true);
    checkScore(prediction, order);
  }

  private static void checkReference(
      GenericRecord reference, String id, ConsumerRecord<byte[], byte[]> event) {
    assertThat(reference.get("event_id")).isEqualTo(id);
    assertThat(reference.get("partition")).isEqualTo(event.partition());
    assertThat(reference.get("offset")).isEqualTo(event.offset());
  }

  private static void checkScore(GenericRecord prediction, ShopOrder order) {
    GenericRecord inputs = (GenericRecord) prediction.get("inputs");
    double sum = 0;
    for (Schema.Field field : inputs.getSchema().getFields()) {
      Object value = ((GenericRecord) inputs.get(field.pos())).get("value");
      sum += value instanceof Double number ? number : 0;
    }
    assertThat(((GenericRecord) inputs.get("amount")).get("value")).isEqualTo(order.amount());
    assertThat((Double) prediction.get("score"))
        .as("score of %s", order.id())
        .isCloseTo(sum, Offset.offset(sum * TOLERANCE));
    assertThat(prediction.get("positive")).isEqualTo((Double) prediction.get("score") > 10_000);
  }
}
