package dev.millrace.features.generation;

import dev.millrace.features.view.Backfill;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * The boundaries of views that are backfilled from now on: the ends of their topics, up to which
 * all records are committed. No job has read further.
 */
public final class BackfillBoundaries {
  private final Pipeline pipeline;
  private final Properties clientSettings;

  /**
   * @param clientSettings of Kafka clients, including the bootstrap servers
   */
  public BackfillBoundaries(Pipeline pipeline, Properties clientSettings) {
    this.pipeline = pipeline;
    this.clientSettings = clientSettings;
  }

  /** The boundaries by view. */
  public Map<String, Backfill> now() {
    Map<String, Backfill> ends = new HashMap<>();
    try (Admin admin = Admin.create(clientSettings)) {
      for (FeatureView view : pipeline.features().values()) {
        boolean readsLate = pipeline.source(view.from()).late() == LatePolicy.TOPIC;
        ends.put(
            view.name(),
            new Backfill(
                ends(admin, Topics.clean(pipeline, view.from())),
                readsLate ? ends(admin, Topics.late(pipeline)) : null));
      }
    }
    return ends;
  }

  private List<Long> ends(Admin admin, String name) {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    IntStream.range(0, pipeline.partitions())
        .forEach(each -> wanted.put(new TopicPartition(name, each), OffsetSpec.latest()));
    try {
      var found =
          admin.listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED)).all();
      List<Long> ends = new ArrayList<>();
      for (int partition = 0; partition < pipeline.partitions(); partition++) {
        TopicPartition next = new TopicPartition(name, partition);
        ends.add(Objects.requireNonNull(found.get().get(next)).offset());
      }
      return ends;
    } catch (ExecutionException e) {
      throw new IllegalStateException("Cannot read the end of topic " + name, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while reading the end of topic " + name, e);
    }
  }
}
