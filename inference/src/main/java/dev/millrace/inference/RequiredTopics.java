package dev.millrace.inference;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.streams.setup.TopicCheck;
import dev.millrace.schemas.topics.Topics;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;

/**
 * The topics of inference, checked before the start. All have the pipeline's number of partitions;
 * otherwise events would not find their vectors.
 */
final class RequiredTopics {
  private RequiredTopics() {}

  /**
   * @throws IllegalStateException that names every topic that is missing or of the wrong size
   */
  static void check(Admin admin, Pipeline pipeline) {
    List<String> wanted = new ArrayList<>();
    wanted.add(Topics.clean(pipeline, pipeline.score()));
    pipeline.features().keySet().forEach(view -> wanted.add(Topics.features(pipeline, view)));
    if (!pipeline.lookups().isEmpty()) {
      wanted.add(Topics.vectors(pipeline));
    }
    if (pipeline.hasRepartitionedViews()) {
      wanted.add(Topics.rowQuestions(pipeline));
      wanted.add(Topics.rowAnswers(pipeline));
    }
    wanted.add(Topics.predictions(pipeline));
    wanted.add(Topics.deadLetters(pipeline));
    TopicCheck.check(admin, pipeline, List.of(), wanted);
  }
}
