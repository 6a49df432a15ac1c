package dev.millrace.inference.topology;

import dev.millrace.inference.rows.EventTimestampExtractor;
import dev.millrace.inference.rows.RowTimestampExtractor;
import dev.millrace.inference.rows.VectorTimestampExtractor;
import dev.millrace.inference.rows.ViewStore;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.streams.commit.Commits;
import dev.millrace.schemas.streams.records.ProgressPartitioner;
import dev.millrace.schemas.topics.Topics;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.TimestampExtractor;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** Events, vectors and feature rows in, predictions and dead letters out. */
public final class InferenceTopology {
  private static final Deserializer<byte[]> READ = new ByteArrayDeserializer();
  private static final Serializer<byte[]> WRITE = new ByteArraySerializer();

  private InferenceTopology() {}

  /** The topology as a function of its inputs. */
  public static Topology build(TopologyInputs inputs) {
    Pipeline pipeline = inputs.pipeline();
    Topology topology = new Topology();
    List<String> sources = new ArrayList<>(List.of(NodeName.EVENTS));
    add(
        topology,
        NodeName.EVENTS,
        new EventTimestampExtractor(),
        Topics.clean(pipeline, pipeline.score()));
    if (!pipeline.lookups().isEmpty()) {
      add(topology, NodeName.VECTORS, new VectorTimestampExtractor(), Topics.vectors(pipeline));
      sources.add(NodeName.VECTORS);
    }
    List<ViewStore> ofEvents = new ArrayList<>();
    List<ViewStore> ofEntities = new ArrayList<>();
    for (ViewStore view : ViewStore.of(pipeline)) {
      if (view.isReplicated()) {
        addReplicatedRows(topology, inputs, view);
      } else if (view.isRepartitioned()) {
        ofEntities.add(view);
      } else {
        ofEvents.add(view);
        addRows(topology, NodeName.features(view), view.topic());
        sources.add(NodeName.features(view));
      }
    }
    if (!ofEntities.isEmpty()) {
      addRows(topology, NodeName.ROW_ANSWERS, Topics.rowAnswers(pipeline));
      sources.add(NodeName.ROW_ANSWERS);
    }
    topology.addProcessor(
        NodeName.SCORE, () -> new ScoringProcessor(inputs), sources.toArray(String[]::new));
    topology.addStateStore(persistent(NodeName.PENDING_EVENTS), NodeName.SCORE);
    topology.addStateStore(persistent(NodeName.earlyVectors(pipeline)), NodeName.SCORE);
    topology.addStateStore(Commits.store(NodeName.COMMITS), NodeName.SCORE);
    ofEvents.forEach(view -> topology.addStateStore(store(view.store()), NodeName.SCORE));
    if (!ofEntities.isEmpty()) {
      RepartitionNodes.add(topology, inputs, ofEntities);
    }
    return topology
        .addSink(
            NodeName.PREDICTIONS,
            Topics.predictions(pipeline),
            WRITE,
            WRITE,
            new ProgressPartitioner(),
            NodeName.SCORE)
        .addSink(NodeName.DEAD_LETTERS, Topics.deadLetters(pipeline), WRITE, WRITE, NodeName.SCORE);
  }

  /** Adds the source of a topic whose records have their event time in a header. */
  static void addRows(Topology topology, String source, String topic) {
    add(topology, source, new RowTimestampExtractor(), topic);
  }

  private static void add(
      Topology topology, String source, TimestampExtractor timestamps, String topic) {
    topology.addSource(AutoOffsetReset.earliest(), source, timestamps, READ, READ, topic);
  }

  private static void addReplicatedRows(Topology topology, TopologyInputs inputs, ViewStore view) {
    String name = view.name();
    topology.addGlobalStore(
        persistent(view.store()).withLoggingDisabled(),
        NodeName.features(view),
        READ,
        READ,
        view.topic(),
        name + "-newest",
        () ->
            new ReplicatedRowsProcessor(view, inputs.codecs().rowDecoder(view), inputs.metrics()));
  }

  /** Cached, so that an entity with many rows between two commits costs one record of the log. */
  static StoreBuilder<KeyValueStore<Bytes, byte[]>> store(String name) {
    return persistent(name).withCachingEnabled();
  }

  private static StoreBuilder<KeyValueStore<Bytes, byte[]>> persistent(String name) {
    return Stores.keyValueStoreBuilder(
        Stores.persistentKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray());
  }
}
