package dev.millrace.deploy.provision;

import java.util.Map;

/**
 * What a cluster and a registry have of a pipeline.
 *
 * @param topics by name, those that exist
 * @param subjects by name, of all topics of the pipeline whose values have one schema
 */
public record Existing(Map<String, TopicState> topics, Map<String, SubjectState> subjects) {
  public Existing {
    topics = Map.copyOf(topics);
    subjects = Map.copyOf(subjects);
  }
}
