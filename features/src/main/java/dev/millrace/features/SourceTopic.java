package dev.millrace.features;

import dev.millrace.features.source.EventCheck;
import dev.millrace.schemas.flink.source.RecordTopic;
import dev.millrace.schemas.pipeline.Feedback;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.FeedbackSchemas;

/** The topic that a source is read from, without late events. */
final class SourceTopic {
  private SourceTopic() {}

  /** The clean topic; of predictions and outcomes, the fields of their topic that views use. */
  static RecordTopic of(Pipeline pipeline, Source source) {
    Feedback feedback = Feedback.of(source.name());
    return feedback == null
        ? RecordTopic.clean(pipeline, source, EventCheck.of(source))
        : RecordTopic.of(
            FeedbackSchemas.topic(pipeline, feedback),
            FeedbackSchemas.read(pipeline, feedback),
            "event_time");
  }
}
