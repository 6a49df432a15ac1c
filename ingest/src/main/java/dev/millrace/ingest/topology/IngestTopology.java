package dev.millrace.ingest.topology;

import dev.millrace.ingest.state.SourceStores;
import dev.millrace.schemas.codec.SchemaLookups;
import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.streams.records.ProgressPartitioner;
import dev.millrace.schemas.topics.Topics;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/** Builds the topology: one sub-topology for each source. A pure function of its arguments. */
public final class IngestTopology {
  private IngestTopology() {}

  /** Registers the schemas of the clean topics and returns their ids by source. */
  public static Map<String, Integer> register(Pipeline pipeline, Registry registry) {
    Map<String, Integer> ids = new HashMap<>();
    for (Source source : pipeline.sources().values()) {
      String clean = Topics.clean(pipeline, source.name());
      ids.put(source.name(), registry.register(WireFormat.subject(clean), source.schema()));
    }
    return ids;
  }

  /**
   * Builds the topology.
   *
   * @param cleanSchemaIds by source, as {@link #register} returns them
   * @param lookups finds the schemas of the producers' records
   * @param arrivals what is known about the producers' topics
   * @param wallClock bounds event times
   * @throws IllegalArgumentException if two sources read the same topic
   */
  public static Topology build(
      Pipeline pipeline,
      Map<String, Integer> cleanSchemaIds,
      SchemaLookups lookups,
      ArrivalPartitions arrivals,
      InstantSource wallClock,
      IngestMetrics metrics) {
    requireDistinctTopics(pipeline);
    Topology topology = new Topology();
    for (Source source : pipeline.sources().values()) {
      int cleanId = Objects.requireNonNull(cleanSchemaIds.get(source.name()), source.name());
      add(
          topology,
          pipeline,
          source,
          new ClampedTimestampExtractor(wallClock),
          processor(
              new SourceSettings(
                  pipeline, source, cleanId, lookups, arrivals, wallClock, metrics)));
    }
    return topology;
  }

  private static void requireDistinctTopics(Pipeline pipeline) {
    Map<String, String> readBy = new HashMap<>();
    for (Source source : pipeline.sources().values()) {
      String other = readBy.put(source.topic(), source.name());
      if (other != null) {
        throw new IllegalArgumentException(
            "pipeline %s: sources %s and %s both read topic %s: keep one of them"
                .formatted(pipeline.name(), other, source.name(), source.topic()));
      }
    }
  }

  /** The processor of one source, with its stores. */
  static ProcessorSupplier<byte[], byte[], byte[], byte[]> processor(SourceSettings settings) {
    return new Supplier(settings);
  }

  private static void add(
      Topology topology,
      Pipeline pipeline,
      Source source,
      ClampedTimestampExtractor timestamps,
      ProcessorSupplier<byte[], byte[], byte[], byte[]> processor) {
    String name = source.name();
    topology.addSource(
        AutoOffsetReset.earliest(),
        NodeName.INPUT.of(name),
        timestamps,
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer(),
        source.topic(),
        Topics.rekeyed(pipeline, name));
    topology.addProcessor(NodeName.CHECK.of(name), processor, NodeName.INPUT.of(name));
    ProgressPartitioner progress = new ProgressPartitioner();
    addSink(topology, name, NodeName.CLEAN, Topics.clean(pipeline, name), progress);
    addSink(topology, name, NodeName.LATE, Topics.late(pipeline), null);
    // A producer's record without a value may have any key.
    addSink(topology, name, NodeName.DEAD_LETTERS, Topics.deadLetters(pipeline), null);
    addSink(topology, name, NodeName.REKEYED, Topics.rekeyed(pipeline, name), progress);
  }

  /**
   * Adds a sink.
   *
   * @param partitioner null: Kafka's producer decides by the key
   */
  @SuppressWarnings("NullAway") // Kafka Streams accepts no partitioner, but is not annotated.
  private static void addSink(
      Topology topology,
      String source,
      NodeName sink,
      String topic,
      @Nullable ProgressPartitioner partitioner) {
    topology.addSink(
        sink.of(source),
        topic,
        new ByteArraySerializer(),
        new ByteArraySerializer(),
        partitioner,
        NodeName.CHECK.of(source));
  }

  private record Supplier(SourceSettings settings)
      implements ProcessorSupplier<byte[], byte[], byte[], byte[]> {

    @Override
    public Processor<byte[], byte[], byte[], byte[]> get() {
      return new SourceProcessor(settings);
    }

    @Override
    public Set<StoreBuilder<?>> stores() {
      return SourceStores.builders(settings.name(), settings.pipeline().guarantee());
    }
  }
}
