package dev.millrace.ingest.topics;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.streams.setup.TopicCheck;
import dev.millrace.schemas.topics.Topics;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;

/**
 * Checks before the start that the topics are as the topology needs them. The producers' topics may
 * have any number of partitions, and may have grown; topics partitioned by the event's key must
 * have the pipeline's number.
 */
public final class RequiredTopics {
  private RequiredTopics() {}

  /**
   * Checks them.
   *
   * @throws IllegalStateException that names every topic that is missing or of the wrong size
   */
  public static void check(Admin admin, Pipeline pipeline) {
    List<String> keyed = new ArrayList<>();
    List<String> others =
        new ArrayList<>(List.of(Topics.late(pipeline), Topics.deadLetters(pipeline)));
    for (Source source : pipeline.sources().values()) {
      others.add(source.topic());
      keyed.add(Topics.clean(pipeline, source.name()));
      keyed.add(Topics.rekeyed(pipeline, source.name()));
    }
    TopicCheck.check(admin, pipeline, others, keyed);
  }
}
