package dev.millrace.drift.job;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.Topics;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Checks before the start that the job does not write outcomes a second time: without the state of
 * the label join it would read all topics from their beginning.
 */
public final class DuplicateOutcomeCheck {
  private DuplicateOutcomeCheck() {}

  /**
   * @param checkpoint the one that the job restores; null: none
   * @param stateDir directory of checkpoints, for the message; null: none
   * @param client settings of Kafka clients
   * @throws IllegalStateException if the topic has outcomes, but the checkpoint does not have the
   *     state of their label join
   * @throws IOException if the checkpoint cannot be read
   */
  public static void check(
      Pipeline pipeline, @Nullable String checkpoint, @Nullable Path stateDir, Properties client)
      throws IOException {
    String uid = DriftJob.outcomesUid(pipeline);
    if (uid == null || (checkpoint != null && uids(checkpoint).contains(uid))) {
      return;
    }
    String topic = Topics.outcomes(pipeline);
    Map<String, Object> settings = new HashMap<>();
    client.stringPropertyNames().forEach(name -> settings.put(name, client.getProperty(name)));
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings, bytes, bytes)) {
      if (holdsRecords(consumer, topic)) {
        throw new IllegalStateException(message(topic, checkpoint, stateDir));
      }
    }
  }

  static String message(String topic, @Nullable String checkpoint, @Nullable Path stateDir) {
    String missing =
        checkpoint == null
            ? "there is no checkpoint of the drift job %s"
                .formatted(stateDir == null ? "(no --state-dir)" : "in " + stateDir)
            : "checkpoint %s was made with another definition of labels (from, id, value), without labels, or by an earlier version"
                .formatted(checkpoint);
    return "Topic %s holds outcomes, but %s: the job would write all of them again. Restore the checkpoint or the definition, or start once with --from-scratch (environment: MILLRACE_DRIFT_FROM_SCRATCH=true) to do so; for a repeated event id, export uses the newest outcome."
        .formatted(topic, missing);
  }

  /** The uids of the operators with state in a checkpoint or savepoint. */
  static Set<String> uids(String checkpoint) throws IOException {
    var location = AbstractFsCheckpointStorageAccess.resolveCheckpointPointer(checkpoint);
    try (var in = new DataInputStream(location.getMetadataHandle().openInputStream())) {
      var loader = DuplicateOutcomeCheck.class.getClassLoader();
      return Checkpoints.loadCheckpointMetadata(in, loader, checkpoint).getOperatorStates().stream()
          .flatMap(state -> state.getOperatorUid().stream())
          .collect(Collectors.toSet());
    }
  }

  /**
   * Whether a topic holds a committed record that is no progress. The end offset alone does not
   * answer this, since markers of transactions take offsets too.
   */
  static boolean holdsRecords(Consumer<byte[], byte[]> consumer, String topic) {
    return TopicRecords.anyMatch(
        consumer, topic, record -> !Progress.isProgress(record.value(), record.headers()));
  }
}
