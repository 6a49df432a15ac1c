package dev.millrace.ingest;

import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.NonBlockingDecoder;
import dev.millrace.schemas.codec.SchemaLookups;
import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.pipeline.Guarantee;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.streams.commit.Commits;
import dev.millrace.schemas.topics.Topics;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
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

/** Producers' topics in, clean topics out: one sub-topology for each source. */
public final class IngestTopology {
  private IngestTopology() {}

  /** Registers the schemas of the clean topics; their ids by source. */
  static Map<String, Integer> register(Pipeline pipeline, Registry registry) {
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
   * @param lookups of the producers' schemas, as they turn up
   * @param clock bounds event times
   */
  static Topology build(
      Pipeline pipeline,
      Map<String, Integer> cleanSchemaIds,
      SchemaLookups lookups,
      InstantSource clock,
      IngestMetrics metrics) {
    requireDistinctTopics(pipeline);
    Topology topology = new Topology();
    for (Source source : pipeline.sources().values()) {
      int cleanId = Objects.requireNonNull(cleanSchemaIds.get(source.name()), source.name());
      add(
          topology,
          pipeline,
          source,
          new PublicationTime(clock),
          processor(pipeline, source, cleanId, lookups, clock, metrics));
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

  /**
   * The processor of one source.
   *
   * @param lookups of the producers' schemas, as they turn up
   * @param clock bounds event times
   * @param cleanId the id of the schema of its clean topic
   */
  static ProcessorSupplier<byte[], byte[], byte[], byte[]> processor(
      Pipeline pipeline,
      Source source,
      int cleanId,
      SchemaLookups lookups,
      InstantSource clock,
      IngestMetrics metrics) {
    return new Supplier(
        source,
        nodes(pipeline, source),
        pipeline.partitions(),
        pipeline.guarantee(),
        lookups,
        clock,
        cleanId,
        metrics);
  }

  static SourceNodes nodes(Pipeline pipeline, Source source) {
    return new SourceNodes(source.name(), Topics.rekeyed(pipeline, source.name()));
  }

  private static void add(
      Topology topology,
      Pipeline pipeline,
      Source source,
      PublicationTime time,
      ProcessorSupplier<byte[], byte[], byte[], byte[]> processor) {
    SourceNodes nodes = nodes(pipeline, source);
    topology.addSource(
        AutoOffsetReset.earliest(),
        nodes.input(),
        time,
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer(),
        source.topic(),
        nodes.rekeyedTopic());
    topology.addProcessor(nodes.processor(), processor, nodes.input());
    addSink(topology, nodes, nodes.cleanSink(), Topics.clean(pipeline, source.name()));
    addSink(topology, nodes, nodes.lateSink(), Topics.late(pipeline));
    addSink(topology, nodes, nodes.deadLetterSink(), Topics.deadLetters(pipeline));
    addSink(topology, nodes, nodes.rekeyedSink(), nodes.rekeyedTopic());
  }

  private static void addSink(Topology topology, SourceNodes nodes, String name, String topic) {
    topology.addSink(
        name, topic, new ByteArraySerializer(), new ByteArraySerializer(), nodes.processor());
  }

  private record Supplier(
      Source source,
      SourceNodes nodes,
      int partitions,
      Guarantee guarantee,
      SchemaLookups lookups,
      InstantSource clock,
      int cleanId,
      IngestMetrics metrics)
      implements ProcessorSupplier<byte[], byte[], byte[], byte[]> {

    @Override
    public Processor<byte[], byte[], byte[], byte[]> get() {
      SourceProcessor processor =
          new SourceProcessor(
              source,
              nodes,
              partitions,
              guarantee,
              new EventCheck(source, clock),
              new AvroEncoder(cleanId, source.schema()),
              clock,
              metrics);
      return new DecodingProcessor(
          source.name(),
          nodes,
          new NonBlockingDecoder(lookups, source.topic(), source.schema()),
          processor,
          DecodingProcessor.Bounds.DEFAULT,
          guarantee,
          metrics);
    }

    @Override
    public Set<StoreBuilder<?>> stores() {
      // In this order in every process, so that topologies can be compared.
      Set<StoreBuilder<?>> stores =
          new LinkedHashSet<>(
              List.of(
                  ParkedRecords.store(nodes.parkedStore()),
                  EventClock.store(nodes.clockStore()),
                  ArrivalProgress.store(nodes.progressStore()),
                  SeenIds.store(nodes.seenStore())));
      if (guarantee == Guarantee.AT_LEAST_ONCE) {
        stores.add(Commits.store(nodes.commitsStore()));
      }
      return stores;
    }
  }
}
