package dev.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.Topics;
import dev.millrace.schemas.wire.AvroEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.generic.GenericData;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.serialization.DeserializationSchema.InitializationContext;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventReaderTest {
  private static final Source PAYMENTS = Cards.PIPELINE.source("payments");
  private static final String CLEAN = Topics.clean(Cards.PIPELINE, "payments");
  private static final String LATE = Topics.late(Cards.PIPELINE);

  private final Counter withoutEntity = new SimpleCounter();
  private final List<ViewEvent> read = new ArrayList<>();
  private final EventReader reader =
      new EventReader(
          PAYMENTS,
          Cards.PIPELINE.features().values().stream()
              .filter(view -> view.from().equals("payments"))
              .toList(),
          CLEAN,
          Cards.REGISTRIES);

  @BeforeEach
  void open() {
    reader.open(
        new InitializationContext() {
          @Override
          public MetricGroup getMetricGroup() {
            return new UnregisteredMetricsGroup() {
              @Override
              public MetricGroup addGroup(String key, String value) {
                return this;
              }

              @Override
              public Counter counter(String name) {
                return withoutEntity;
              }
            };
          }

          @Override
          public UserCodeClassLoader getUserCodeClassLoader() {
            return SimpleUserCodeClassLoader.create(getClass().getClassLoader());
          }
        });
  }

  private static byte[] payment(@Nullable String shop, @Nullable Double amount) {
    GenericData.Record payment = new GenericData.Record(PAYMENTS.schema());
    payment.put("payment_id", "p1");
    payment.put("card", "c1");
    payment.put("shop", shop);
    payment.put("paid_at", 1234L);
    payment.put("amount", amount);
    return AvroEncoder.forTopic(Cards.REGISTRY, CLEAN, PAYMENTS.schema()).encode(payment);
  }

  private static ConsumerRecord<byte[], byte[]> message(String topic, byte[] value) {
    return new ConsumerRecord<>(topic, 2, 77, new byte[0], value);
  }

  private void read(ConsumerRecord<byte[], byte[]> message) {
    reader.deserialize(message, new ListCollector<>(read));
  }

  @Test
  void anEventIsReadOnceForEveryView() {
    read(message(CLEAN, payment("bakery", 150.0)));

    assertThat(read).extracting(ViewEvent::view).containsExactly(0, 1);
    assertThat(read).extracting(ViewEvent::entity).containsExactly("c1", "bakery");
    ViewEvent event = read.get(0);
    assertThat(event.eventId()).isEqualTo("p1");
    assertThat(event.time()).isEqualTo(1234);
    assertThat(event.late()).isFalse();
    assertThat(event.partition()).isEqualTo(2);
    assertThat(event.offset()).isEqualTo(77);
    assertThat(event.values()).containsExactly(150.0, true, "bakery");
  }

  @Test
  void filtersAndNullsDoNotCount() {
    read(message(CLEAN, payment("bakery", 50.0)));
    read(message(CLEAN, payment("bakery", null)));

    assertThat(read.get(0).values()).containsExactly(50.0, null, "bakery");
    assertThat(read.get(2).values()).containsExactly(null, null, "bakery");
  }

  @Test
  void anEventWithoutTheEntityMakesNoRow() {
    read(message(CLEAN, payment(null, 50.0)));

    assertThat(read).extracting(ViewEvent::entity).containsExactly("c1");
    assertThat(withoutEntity.getCount()).isEqualTo(1);
  }

  @Test
  void lateEventsOfThisSourceCount() {
    ConsumerRecord<byte[], byte[]> mine = message(LATE, payment("bakery", 1.0));
    mine.headers().add(Topics.SOURCE_HEADER, "payments".getBytes(StandardCharsets.UTF_8));
    ConsumerRecord<byte[], byte[]> other = message(LATE, new byte[] {1, 2});
    other.headers().add(Topics.SOURCE_HEADER, "visits".getBytes(StandardCharsets.UTF_8));
    read(other);
    read(mine);

    assertThat(read).extracting(ViewEvent::late).containsExactly(true, true);
  }

  @Test
  void whatCannotBeReadFailsAndSaysWhere() {
    assertThatThrownBy(() -> read(message(CLEAN, new byte[] {9, 9, 9, 9, 9, 9})))
        .hasMessageContaining("millrace.cards.payments partition 2 offset 77")
        .hasMessageContaining("BAD_MAGIC");
  }

  @Test
  void eventsSurviveTheNetwork() throws Exception {
    ViewEvent event =
        new ViewEvent(
            1,
            "ä",
            "",
            -5,
            true,
            3,
            1L << 40,
            new @Nullable Object[] {null, 1L, 2.5, "x", true, false});
    DataOutputSerializer out = new DataOutputSerializer(64);
    ViewEventSerializer.INSTANCE.serialize(event, out);
    ViewEvent copy =
        ViewEventSerializer.INSTANCE.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
    assertThat(copy).usingRecursiveComparison().isEqualTo(event);
  }
}
