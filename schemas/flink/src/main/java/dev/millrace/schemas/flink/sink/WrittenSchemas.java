package dev.millrace.schemas.flink.sink;

import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.topics.Topics;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;

/** The ids of the schemas of the topics that a job writes. */
public record WrittenSchemas(Map<String, Integer> idByTopic) {
  /** Registers the schemas before the job is submitted, so that its tasks do not have to. */
  public static WrittenSchemas register(
      Registry registry, Pipeline pipeline, Collection<String> topics) {
    Map<String, Integer> ids = new HashMap<>();
    for (Topics.Topic topic : Topics.of(pipeline)) {
      Schema schema = topic.schema();
      if (schema != null && topics.contains(topic.name())) {
        ids.put(topic.name(), registry.register(WireFormat.subject(topic.name()), schema));
      }
    }
    return new WrittenSchemas(Map.copyOf(ids));
  }

  /**
   * The id of a topic's schema.
   *
   * @throws IllegalStateException if the topic was not registered
   */
  public int id(String topic) {
    Integer id = idByTopic.get(topic);
    if (id == null) {
      throw new IllegalStateException("the schema of topic " + topic + " was not registered");
    }
    return id;
  }
}
