package dev.millrace.features;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.registry.RegistryUnavailable;
import dev.millrace.schemas.topics.Topics;
import dev.millrace.schemas.topics.WireHeaders;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
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
import org.junit.jupiter.api.Test;

class EventReaderTest {
  private static final Source PAYMENTS = Cards.PIPELINE.source("payments");
  private static final String CLEAN = Topics.clean(Cards.PIPELINE, "payments");
  private static final String LATE = Topics.late(Cards.PIPELINE);

  private final Map<String, Counter> counters = new HashMap<>();
  private final List<Incoming> read = new ArrayList<>();
  private EventReader reader = reader(Cards.REGISTRIES);

  private EventReader reader(Registries registries) {
    EventReader opened =
        new EventReader(
            PAYMENTS,
            Cards.PIPELINE.features().values().stream()
                .filter(view -> view.from().equals("payments"))
                .toList(),
            CLEAN,
            registries);
    opened.open(
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
                return counters.computeIfAbsent(name, unknown -> new SimpleCounter());
              }
            };
          }

          @Override
          public UserCodeClassLoader getUserCodeClassLoader() {
            return SimpleUserCodeClassLoader.create(getClass().getClassLoader());
          }
        });
    return opened;
  }

  private List<ViewEvent> events() {
    return read.stream().map(ViewEvent.class::cast).toList();
  }

  private long count(String counter) {
    return Objects.requireNonNull(counters.get(counter)).getCount();
  }

  private static byte[] payment(@Nullable String shop, @Nullable Double amount) {
    return payment(shop, amount, 1234);
  }

  private static byte[] paymentAt(long time) {
    return payment("bakery", 1.0, time);
  }

  private static byte[] payment(@Nullable String shop, @Nullable Double amount, long time) {
    GenericData.Record payment = new GenericData.Record(PAYMENTS.schema());
    payment.put("payment_id", "p1");
    payment.put("card", "c1");
    payment.put("shop", shop);
    payment.put("paid_at", time);
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

    assertThat(events()).extracting(ViewEvent::view).containsExactly(0, 1);
    assertThat(events()).extracting(ViewEvent::entity).containsExactly("c1", "bakery");
    ViewEvent event = events().get(0);
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

    assertThat(events().get(0).values()).containsExactly(50.0, null, "bakery");
    assertThat(events().get(2).values()).containsExactly(null, null, "bakery");
  }

  @Test
  void anEventWithoutTheEntityMakesNoRow() {
    read(message(CLEAN, payment(null, 50.0)));

    assertThat(events()).extracting(ViewEvent::entity).containsExactly("c1");
    assertThat(count("eventsWithoutEntity")).isEqualTo(1);
  }

  @Test
  void lateEventsOfThisSourceCount() {
    ConsumerRecord<byte[], byte[]> mine = message(LATE, payment("bakery", 1.0));
    mine.headers().add(WireHeaders.SOURCE, "payments".getBytes(UTF_8));
    ConsumerRecord<byte[], byte[]> other = message(LATE, new byte[] {1, 2});
    other.headers().add(WireHeaders.SOURCE, "visits".getBytes(UTF_8));
    read(other);
    read(mine);

    assertThat(events()).extracting(ViewEvent::late).containsExactly(true, true);
  }

  @Test
  void aLateEventWhoseSourceHasNoNameIsNotOfThisSource() {
    ConsumerRecord<byte[], byte[]> nameless = message(LATE, payment("bakery", 1.0));
    nameless.headers().add(WireHeaders.SOURCE, null);
    read(nameless);

    assertThat(read).isEmpty();
  }

  @Test
  void aClockIsThatOfTheArrivalPartition() {
    ConsumerRecord<byte[], byte[]> message = message(CLEAN, payment("bakery", 1.0));
    message.headers().add(WireHeaders.ARRIVAL, "7".getBytes(UTF_8));
    read(message);
    read(message(CLEAN, payment("bakery", 1.0)));

    assertThat(events()).extracting(ViewEvent::arrival).containsExactly(7, 7, 2, 2);
  }

  /** Between good ones, as it may lie in a topic. */
  @Test
  void whatCannotBeReadIsADeadLetterAndTheStreamGoesOn() {
    byte[] broken = {9, 9, 9, 9, 9, 9};
    ConsumerRecord<byte[], byte[]> message = message(CLEAN, broken);
    message.headers().add("trace", new byte[] {1});
    read(message(CLEAN, payment("bakery", 1.0)));
    read(message);
    read(message(CLEAN, payment("bakery", 2.0)));

    assertThat(read).hasSize(5);
    assertThat(read.get(2)).isInstanceOf(Unreadable.class);
    Unreadable unreadable = (Unreadable) read.get(2);
    assertThat(unreadable.letter().value()).isEqualTo(broken);
    assertThat(unreadable.letter().headers().toArray())
        .extracting(header -> header.key() + "=" + new String(header.value(), UTF_8))
        .contains(
            "trace=\u0001",
            "millrace.error.stage=features",
            "millrace.error.code=BAD_MAGIC",
            "__streams.errors.topic=millrace.cards.payments",
            "__streams.errors.partition=2",
            "__streams.errors.offset=77");
    assertThat(count("deadLetters")).isEqualTo(1);
  }

  @Test
  void anOutageOfTheRegistryMakesNoDeadLetter() {
    Registry away =
        new Registry() {
          @Override
          public Lookup lookup(int id) {
            throw new RegistryUnavailable("away", new IOException());
          }

          @Override
          public int register(String subject, Schema schema) {
            throw new RegistryUnavailable("away", new IOException());
          }

          @Override
          public void requireBackwardCompatibility(String subject) {}
        };
    byte[] payment = payment("bakery", 1.0);
    reader = reader(() -> away);

    assertThatThrownBy(() -> read(message(CLEAN, payment))).isInstanceOf(RegistryUnavailable.class);
    assertThat(read).isEmpty();
  }

  /** An event two years ahead, whose header says that the clock of ingest did not follow it. */
  @Test
  void oneEventFarAheadMovesNoWatermark() {
    ConsumerRecord<byte[], byte[]> ahead = message(CLEAN, paymentAt(730L * 24 * 3_600_000));
    ahead.headers().add(WireHeaders.EVENT_CLOCK, "60000".getBytes(UTF_8));
    read(ahead);

    assertThat(events().get(0).time()).isEqualTo(730L * 24 * 3_600_000);
    assertThat(watermarks()).containsExactly(60_000L - 5_000 - 1);
  }

  @Test
  void withoutTheHeaderTheEventsTimeIsTheClock() {
    read(message(CLEAN, paymentAt(70_000)));
    read(message(CLEAN, paymentAt(60_000)));

    assertThat(watermarks()).containsExactly(70_000L - 5_000 - 1);
  }

  @Test
  void lateEventsMoveNoWatermark() {
    ConsumerRecord<byte[], byte[]> late = message(LATE, paymentAt(70_000));
    late.headers().add(WireHeaders.SOURCE, "payments".getBytes(UTF_8));
    late.headers().add(WireHeaders.EVENT_CLOCK, "9000000".getBytes(UTF_8));
    read(late);

    assertThat(watermarks()).isEmpty();
  }

  /** What the source's partition tells after it has read all that was read. */
  private List<Long> watermarks() {
    List<Long> watermarks = new ArrayList<>();
    WatermarkOutput output =
        new WatermarkOutput() {
          @Override
          public void emitWatermark(Watermark watermark) {
            watermarks.add(watermark.getTimestamp());
          }

          @Override
          public void markIdle() {}

          @Override
          public void markActive() {}
        };
    EventTime partition = new EventTime(PAYMENTS.lateness(), () -> 0);
    for (ViewEvent event : events()) {
      partition.onEvent(event, event.time(), output);
    }
    partition.onPeriodicEmit(output);
    return watermarks;
  }

  @Test
  void eventsSurviveTheNetwork() throws Exception {
    ViewEvent event =
        new ViewEvent(
            1,
            "ä",
            "",
            -5,
            7,
            2,
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

  @Test
  void deadLettersSurviveTheNetwork() throws Exception {
    ConsumerRecord<byte[], byte[]> message = message(CLEAN, new byte[] {9});
    message.headers().add("none", null);
    read(message);
    DataOutputSerializer out = new DataOutputSerializer(64);
    IncomingSerializer.INSTANCE.serialize(read.get(0), out);
    Incoming copy =
        IncomingSerializer.INSTANCE.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
    assertThat(copy).usingRecursiveComparison().isEqualTo(read.get(0));
  }
}
