package dev.millrace.ingest.topology;

import static dev.millrace.ingest.topology.ShopPayments.NOON;

import dev.millrace.ingest.parked.DecodedRecord;
import dev.millrace.ingest.parked.DecodedRecordHandler;
import dev.millrace.ingest.parked.ParkingDecoder;
import dev.millrace.ingest.state.StoreName;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.codec.NonBlockingDecoder;
import dev.millrace.schemas.codec.SchemaLookups;
import dev.millrace.schemas.pipeline.Guarantee;
import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.registry.InMemoryRegistry;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.registry.RegistryUnavailable;
import dev.millrace.schemas.streams.commit.Commits;
import dev.millrace.schemas.streams.records.RecordPosition;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedPunctuator;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/** Tasks of a {@link DecodingProcessor} with a registry that can be unavailable. */
final class DecodingTasks {
  private static final Schema NEWER = ShopPayments.newerSchema();

  /** A registry that answers only while it is up. */
  static final class Flaky implements Registry {
    final InMemoryRegistry held = new InMemoryRegistry();
    boolean up = true;

    @Override
    public Lookup lookup(int id) {
      if (!up) {
        throw new RegistryUnavailable("down");
      }
      return held.lookup(id);
    }

    @Override
    public int register(String subject, Schema schema) {
      return held.register(subject, schema);
    }

    @Override
    public void requireBackwardCompatibility(String subject) {}
  }

  /** Collects the decoded records. */
  static final class Collector implements DecodedRecordHandler {
    final List<DecodedRecord> records = new ArrayList<>();

    @Override
    public long clockMillis() {
      return 7;
    }

    @Override
    public long clockMillis(RecordPosition parked) {
      return 7;
    }

    @Override
    public void process(DecodedRecord record) {
      records.add(record);
    }

    @Override
    public void close() {}

    List<String> ids() {
      return records.stream().map(DecodingTasks::id).toList();
    }
  }

  /** A task with its own state, from its start to a crash. */
  final class Task {
    final Collector next = new Collector();
    final MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>();
    final KeyValueStore<Long, byte[]> store =
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(StoreName.PARKED.of("payments")),
                Serdes.Long(),
                Serdes.ByteArray())
            .withLoggingDisabled()
            .build();
    private final ParkingDecoder.Limits limits;
    private final Commits commits = Commits.store(StoreName.COMMITS.of("payments")).build();
    final DecodingProcessor processor;

    Task(Map<Long, byte[]> state, ParkingDecoder.Limits limits) {
      store.init(context.getStateStoreContext(), store);
      commits.init(context.getStateStoreContext(), commits);
      state.forEach(store::put);
      this.limits = limits;
      processor = newProcessor();
      processor.init(context);
    }

    DecodingProcessor newProcessor() {
      return new DecodingProcessor(
          "payments",
          new NonBlockingDecoder(
              new SchemaLookups(registry, Runnable::run, () -> now.toNanos(), Duration.ZERO),
              ShopPayments.TOPIC,
              ShopPayments.SCHEMA),
          context -> next,
          limits,
          guarantee,
          metrics);
    }

    /** Commits the output and the offsets. */
    void committed() {
      commits.commit(Map.of());
    }

    void read(long offset, byte[] value) {
      context.setRecordMetadata(ShopPayments.TOPIC, 3, offset);
      RecordHeaders headers = new RecordHeaders();
      headers.add("trace", new byte[] {1, 2});
      processor.process(new Record<>(null, value, NOON.toEpochMilli(), headers));
    }

    /** Runs the scheduled punctuators that are not cancelled, as Kafka Streams does. */
    void tick() {
      now = now.plus(DecodingProcessor.RETRY_INTERVAL);
      for (CapturedPunctuator each : context.scheduledPunctuators()) {
        if (!each.cancelled()) {
          each.getPunctuator().punctuate(now.toMillis());
        }
      }
    }

    void tickUntilAllIsReleased() {
      for (int tick = 0; tick < 100; tick++) {
        tick();
      }
    }

    Map<Long, byte[]> state() {
      Map<Long, byte[]> state = new TreeMap<>();
      try (KeyValueIterator<Long, byte[]> all = store.all()) {
        all.forEachRemaining(each -> state.put(each.key, each.value));
      }
      return state;
    }
  }

  final Flaky registry = new Flaky();
  private final Guarantee guarantee;
  private final CollectorRegistry counters = new CollectorRegistry();
  private final IngestMetrics metrics =
      new IngestMetrics(ShopPayments.pipeline(1, LatePolicy.TOPIC), counters);
  private final AvroEncoder known =
      AvroEncoder.forTopic(registry, ShopPayments.TOPIC, ShopPayments.SCHEMA);
  private final AvroEncoder newer = AvroEncoder.forTopic(registry, ShopPayments.TOPIC, NEWER);
  private Duration now = Duration.ZERO;

  DecodingTasks() {
    this(Guarantee.EXACTLY_ONCE);
  }

  DecodingTasks(Guarantee guarantee) {
    this.guarantee = guarantee;
  }

  Task start() {
    return new Task(Map.of(), ParkingDecoder.Limits.DEFAULT);
  }

  Task start(Map<Long, byte[]> state, ParkingDecoder.Limits limits) {
    return new Task(state, limits);
  }

  void advance(Duration duration) {
    now = now.plus(duration);
  }

  byte[] known(String id) {
    return known.encode(ShopPayments.payment(id));
  }

  /** A payment in a newer schema, which must be looked up separately. */
  byte[] newer(String id) {
    return newer.encode(ShopPayments.newer(id));
  }

  private static String id(DecodedRecord record) {
    GenericRecord event = ((Decoded.Value) record.decoded()).record();
    return event.get("payment_id").toString();
  }

  /** The value of the metric of parked records. */
  @Nullable Double parked() {
    return counters.getSampleValue(
        "millrace_ingest_parked_records",
        new String[] {"pipeline", "source"},
        new String[] {"shop", "payments"});
  }
}
