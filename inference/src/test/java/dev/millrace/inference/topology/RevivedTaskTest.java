package dev.millrace.inference.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.inference.metrics.InferenceMetrics;
import dev.millrace.inference.rows.EventTimes;
import dev.millrace.inference.rows.ViewStore;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Wait;
import dev.millrace.schemas.streams.commit.Commits;
import dev.millrace.schemas.topics.Topics;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedPunctuator;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;

/**
 * Kafka Streams closes and revives a task (StreamTask.closeDirty, revive) with the same processor
 * and the same queue of punctuators, from which only cancelled ones are removed.
 */
class RevivedTaskTest {
  private static final String[] PARTITION = {"pipeline", "partition"};
  private static final String[] ZERO = {"shop", "0"};
  private static final Pipeline PIPELINE =
      Payments.pipeline(
          false, Payments.view("card", "payments", "card", Wait.atMost(Duration.ofMillis(200))));

  private final long start = TestDriver.START.toEpochMilli();
  private final PaymentRecords wire = new PaymentRecords(PIPELINE);
  private final CollectorRegistry metrics = new CollectorRegistry();
  private final Commits commits = Commits.store(NodeName.COMMITS).build();
  private final MockProcessorContext<byte[], byte[]> context = context();
  private final ScoringProcessor processor =
      new ScoringProcessor(
          new TopologyInputs(
              PIPELINE,
              null,
              Codecs.register(PIPELINE, wire.registry, wire.registry),
              new InferenceMetrics(PIPELINE, metrics),
              new EventTimes()));

  private MockProcessorContext<byte[], byte[]> context() {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
    MockProcessorContext<byte[], byte[]> fresh =
        new MockProcessorContext<>(settings, new TaskId(0, 0), Path.of("unused").toFile());
    fresh.setCurrentSystemTimeMs(start);
    fresh.setCurrentStreamTimeMs(start);
    String card = ViewStore.of(PIPELINE).get(0).store();
    for (String name : List.of(NodeName.PENDING_EVENTS, NodeName.earlyVectors(PIPELINE), card)) {
      KeyValueStore<Bytes, byte[]> store =
          Stores.keyValueStoreBuilder(
                  Stores.inMemoryKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
              .withLoggingDisabled()
              .build();
      store.init(fresh.getStateStoreContext(), store);
    }
    commits.init(fresh.getStateStoreContext(), commits);
    return fresh;
  }

  @Test
  void aPendingEventIsScoredOnceByTheRevivedTask() {
    processor.init(context);
    context.setRecordMetadata(Topics.clean(PIPELINE, "payments"), 0, 7);
    processor.process(
        new Record<>(PaymentRecords.bytes("c"), wire.event("p0", "c", null, start, 1), start));

    commits.flushCache();
    processor.close();
    processor.init(context);
    punctuateAt(start + 1_000);

    assertThat(context.forwarded()).hasSize(1);
    processor.close();
    punctuateAt(start + 2_000);
    assertThat(context.forwarded()).hasSize(1);
    assertThat(metrics.getSampleValue("millrace_inference_pending_events", PARTITION, ZERO))
        .as("the gauge of a closed task")
        .isNull();
  }

  private void punctuateAt(long now) {
    context.setCurrentSystemTimeMs(now);
    for (CapturedPunctuator scheduled : context.scheduledPunctuators()) {
      if (!scheduled.cancelled()) {
        scheduled.getPunctuator().punctuate(now);
      }
    }
  }
}
