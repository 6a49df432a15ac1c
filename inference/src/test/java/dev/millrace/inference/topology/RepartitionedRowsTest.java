package dev.millrace.inference.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.inference.policy.WaitPolicy;
import dev.millrace.inference.policy.WaitStart;
import dev.millrace.inference.repartition.Answer;
import dev.millrace.inference.repartition.LookupRows;
import dev.millrace.inference.repartition.Question;
import dev.millrace.inference.repartition.RepartitionedRows;
import dev.millrace.inference.rows.NewestRows;
import dev.millrace.inference.rows.ViewStore;
import dev.millrace.inference.waiting.CleanEvent;
import dev.millrace.inference.waiting.EarlyVectors;
import dev.millrace.inference.waiting.EventFields;
import dev.millrace.inference.waiting.EventVectorJoin;
import dev.millrace.inference.waiting.PendingEventCodec;
import dev.millrace.inference.waiting.PendingEvents;
import dev.millrace.inference.waiting.ReadyEvent;
import dev.millrace.schemas.avro.WaitResult;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Wait;
import dev.millrace.schemas.streams.commit.DeferredRemovals;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;

/** The rows of one partition's events, and an answer that Kafka Streams processes again. */
class RepartitionedRowsTest {
  private static final long NOW = TestDriver.START.toEpochMilli();
  private static final Wait NO_WAIT = Wait.atMost(Duration.ZERO);
  private static final Pipeline PIPELINE =
      Payments.atLeastOnce(
          Payments.pipeline(
              false,
              Payments.view("logins", "logins", "card", NO_WAIT),
              Payments.repartitioned(Payments.view("merchant", "payments", "merchant", NO_WAIT))));

  private final PaymentRecords wire = new PaymentRecords(PIPELINE);
  private final Codecs codecs = Codecs.register(PIPELINE, wire.registry, wire.registry);
  private final EventFields fields = new EventFields(PIPELINE.scored());
  private final List<Question> questions = new ArrayList<>();
  private final List<ReadyEvent> scored = new ArrayList<>();
  private final MockProcessorContext<byte[], byte[]> context = context();
  private final DeferredRemovals removals = new DeferredRemovals(true);
  private final RepartitionedRows rows =
      new RepartitionedRows(
          0,
          lookups(),
          fields,
          store(NodeName.ASKED_EVENTS),
          (entity, question) -> questions.add(question),
          NOW);
  private final EventVectorJoin join = join();
  private int reads;
  private boolean outputFails;

  private static MockProcessorContext<byte[], byte[]> context() {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
    return new MockProcessorContext<>(settings, new TaskId(0, 0), Path.of("unused").toFile());
  }

  private KeyValueStore<Bytes, byte[]> store(String name) {
    KeyValueStore<Bytes, byte[]> store =
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
            .withLoggingDisabled()
            .build();
    store.init(context.getStateStoreContext(), store);
    return store;
  }

  private List<LookupRows> lookups() {
    List<LookupRows> lookups = new ArrayList<>();
    for (ViewStore view : ViewStore.of(PIPELINE)) {
      AvroDecoder decoder = codecs.rowDecoder(view);
      NewestRows newest =
          view.isRepartitioned() ? null : new NewestRows(counting(store(view.store())), decoder);
      if (newest != null) {
        newest.offer(PaymentRecords.bytes("c"), NOW, 1, row("logins", "c"));
      }
      lookups.add(
          new LookupRows(
              Objects.requireNonNull(PIPELINE.lookups().get(view.name())),
              view.topic(),
              newest,
              decoder));
    }
    return lookups;
  }

  private byte[] row(String view, String entity) {
    return wire.row(view, entity, NOW, 1, new PaymentRecords.Answer(NOW, 1, 5));
  }

  /** The store, of which reads are counted from here on. */
  @SuppressWarnings("unchecked")
  private KeyValueStore<Bytes, byte[]> counting(KeyValueStore<Bytes, byte[]> store) {
    return (KeyValueStore<Bytes, byte[]>)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {KeyValueStore.class},
            (proxy, method, args) -> {
              reads += method.getName().equals("get") ? 1 : 0;
              try {
                return method.invoke(store, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private EventVectorJoin join() {
    return new EventVectorJoin(
        new WaitPolicy(Duration.ZERO),
        new PendingEvents(
            store(NodeName.PENDING_EVENTS), new PendingEventCodec(this::decode, NOW), removals),
        new EarlyVectors(
            store(NodeName.earlyVectors(PIPELINE)), codecs.vectorDecoder(), fields, removals, NOW),
        rows,
        removals,
        event -> {
          if (outputFails) {
            throw new TimeoutException("the broker does not answer");
          }
          scored.add(event);
        });
  }

  private GenericRecord decode(byte[] value) {
    return ((Decoded.Value) codecs.eventDecoder().decode(value)).record();
  }

  private CleanEvent event(String merchant) {
    byte[] value = wire.event("p0", "c", merchant, NOW, 1);
    return new CleanEvent(
        0,
        NOW,
        PaymentRecords.bytes("c"),
        value,
        new RecordHeaders(),
        decode(value),
        new WaitStart(NOW, NOW));
  }

  @Test
  void aRowOfTheOwnPartitionIsReadOnce() {
    reads = 0;
    join.add(event("m"), NOW);
    assertThat(questions).hasSize(1);
    assertThat(reads).isEqualTo(1);
  }

  @Test
  void anAnswerThatIsProcessedAgainAfterItsOutputFailedEndsTheWait() {
    join.add(event("m"), NOW);
    Answer answer = new Answer(questions.get(0), row("merchant", "m"));
    outputFails = true;
    assertThatThrownBy(() -> join.give(0, event -> rows.take(event, answer), NOW + 1))
        .isInstanceOf(TimeoutException.class);
    assertThat(scored).isEmpty();

    outputFails = false;
    join.give(0, event -> rows.take(event, answer), NOW + 2);

    assertThat(scored).hasSize(1);
    assertThat(scored.get(0).waitResult()).isEqualTo(WaitResult.NOT_AWAITED);
    join.give(0, event -> rows.take(event, answer), NOW + 3);
    assertThat(scored).as("scored once").hasSize(1);
  }
}
