package dev.millrace.inference;

import dev.millrace.schemas.streams.commit.Commits;
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
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** Events and feature rows in, predictions and dead letters out. */
final class InferenceTopology {
  private static final String EVENTS = "events";
  private static final String SCORE = "score";
  private static final Deserializer<byte[]> READ = new ByteArrayDeserializer();
  private static final Serializer<byte[]> WRITE = new ByteArraySerializer();

  private InferenceTopology() {}

  static Topology build(ScoringPlan plan) {
    Topology topology = new Topology();
    List<String> sources = new ArrayList<>(List.of(EVENTS));
    topology.addSource(EVENTS, READ, READ, plan.cleanTopic());
    for (ViewPlan view : plan.views()) {
      if (view.isGlobal()) {
        addGlobalRows(topology, plan, view);
      } else {
        String source = view.view().name() + "-features";
        topology.addSource(
            AutoOffsetReset.earliest(), source, new RowTime(), READ, READ, view.topic());
        sources.add(source);
      }
    }
    topology.addProcessor(SCORE, () -> new ScoringProcessor(plan), sources.toArray(String[]::new));
    topology.addStateStore(store(ScoringPlan.PENDING_EVENTS), SCORE);
    topology.addStateStore(store(ScoringPlan.OWN_ROWS), SCORE);
    if (plan.removesAtCommit()) {
      topology.addStateStore(Commits.store(ScoringPlan.COMMITS), SCORE);
    }
    for (ViewPlan view : plan.views()) {
      if (!view.isGlobal()) {
        topology.addStateStore(store(view.store()), SCORE);
      }
    }
    return topology
        .addSink(ScoringPlan.PREDICTIONS, Topics.predictions(plan.pipeline()), WRITE, WRITE, SCORE)
        .addSink(
            ScoringPlan.DEAD_LETTERS, Topics.deadLetters(plan.pipeline()), WRITE, WRITE, SCORE);
  }

  private static void addGlobalRows(Topology topology, ScoringPlan plan, ViewPlan view) {
    String name = view.view().name();
    topology.addGlobalStore(
        persistent(view.store()).withLoggingDisabled(),
        name + "-features",
        READ,
        READ,
        view.topic(),
        name + "-newest",
        () -> new GlobalRowsProcessor(view, plan.rowDecoder(view), plan.metrics()));
  }

  /**
   * Cached, so that what is put and taken back between two commits, as a short wait does, costs one
   * record of the changelog.
   */
  private static StoreBuilder<KeyValueStore<Bytes, byte[]>> store(String name) {
    return persistent(name).withCachingEnabled();
  }

  private static StoreBuilder<KeyValueStore<Bytes, byte[]>> persistent(String name) {
    return Stores.keyValueStoreBuilder(
        Stores.persistentKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray());
  }
}
