package dev.millrace.inference.topology;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedForward;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * The stores and the output of a task that crashes: after a crash the stores are as of the last
 * commit. With at-least-once, what was written since then may be kept or lost.
 */
final class CrashingContext {
  private final TaskId task;
  private List<String> storeNames;
  private final Consumer<CapturedForward<? extends byte[], ? extends byte[]>> output;
  private final Map<String, Map<Bytes, byte[]>> snapshot = new HashMap<>();
  private MockProcessorContext<byte[], byte[]> context;

  /**
   * @param output receives what is committed, in the order of writing
   */
  CrashingContext(
      TaskId task,
      List<String> storeNames,
      long nowMillis,
      Consumer<CapturedForward<? extends byte[], ? extends byte[]>> output) {
    this.task = task;
    this.storeNames = List.copyOf(storeNames);
    this.output = output;
    this.context = started(nowMillis);
  }

  /** The context since the last restart. */
  MockProcessorContext<byte[], byte[]> get() {
    return context;
  }

  /** Begins anew with the stores as of the last commit, and without output. */
  void restart(long nowMillis) {
    context = started(nowMillis);
  }

  /** Begins anew with other stores; those of a name that was there are as of the last commit. */
  void restart(List<String> names, long nowMillis) {
    storeNames = List.copyOf(names);
    restart(nowMillis);
  }

  private MockProcessorContext<byte[], byte[]> started(long nowMillis) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
    MockProcessorContext<byte[], byte[]> fresh =
        new MockProcessorContext<>(settings, task, Path.of("unused").toFile());
    fresh.setCurrentSystemTimeMs(nowMillis);
    fresh.setCurrentStreamTimeMs(nowMillis);
    for (String name : storeNames) {
      KeyValueStore<Bytes, byte[]> store =
          Stores.keyValueStoreBuilder(
                  Stores.inMemoryKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
              .withLoggingDisabled()
              .build();
      store.init(fresh.getStateStoreContext(), store);
      snapshot.getOrDefault(name, Map.of()).forEach(store::put);
    }
    return fresh;
  }

  /**
   * Passes on the output, and keeps the stores.
   *
   * @return whether there was output
   */
  boolean commit() {
    boolean isOutput = !context.forwarded().isEmpty();
    context.forwarded().forEach(output);
    context.resetForwards();
    keepStores();
    return isOutput;
  }

  /** Keeps the stores without the output, as if their changelogs were written before it. */
  void keepStores() {
    snapshot.putAll(contents());
  }

  /**
   * Passes on a part of the output, and keeps some of the stores. Progress is written only after
   * all records before it: a producer keeps the order of a partition.
   */
  void commitPart(Random random) {
    boolean isPrefix = true;
    for (var forward : context.forwarded()) {
      boolean isProgress = forward.record().value() == null;
      if (isProgress ? isPrefix : random.nextBoolean()) {
        output.accept(forward);
      } else {
        isPrefix = false;
      }
    }
    contents()
        .forEach(
            (name, entries) -> {
              if (random.nextBoolean()) {
                snapshot.put(name, entries);
              }
            });
  }

  /** The number of entries of some of the stores. */
  int entries(List<String> names) {
    Map<String, Map<Bytes, byte[]>> contents = contents();
    return names.stream().mapToInt(name -> contents.getOrDefault(name, Map.of()).size()).sum();
  }

  private Map<String, Map<Bytes, byte[]>> contents() {
    Map<String, Map<Bytes, byte[]>> contents = new HashMap<>();
    for (String name : storeNames) {
      KeyValueStore<Bytes, byte[]> store = context.getStateStore(name);
      Map<Bytes, byte[]> entries = new TreeMap<>();
      try (var all = store.all()) {
        all.forEachRemaining(entry -> entries.put(entry.key, entry.value));
      }
      contents.put(name, entries);
    }
    return contents;
  }
}
