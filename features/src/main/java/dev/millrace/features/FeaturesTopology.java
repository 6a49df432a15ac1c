package dev.millrace.features;

import dev.millrace.features.operator.FeedRow;
import dev.millrace.features.operator.LookupOperator;
import dev.millrace.features.skew.SkewSample;
import dev.millrace.features.skew.SkewWindows;
import dev.millrace.features.source.EventExtractor;
import dev.millrace.features.source.FeedbackEvents;
import dev.millrace.features.source.Question;
import dev.millrace.features.source.QuestionSerializer;
import dev.millrace.features.source.ViewEvent;
import dev.millrace.features.source.ViewEventSerializer;
import dev.millrace.features.view.LookupUse;
import dev.millrace.features.view.ViewFingerprint;
import dev.millrace.schemas.avro.SkewReport;
import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Feedback;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.jspecify.annotations.Nullable;

/**
 * The operators between the records of the sources and the vectors: a chain of lookups through
 * which each scored event travels as a question, each fed by the events of its view.
 *
 * <p>The uids of lookups contain the fingerprint of the source of their view, as the uid of that
 * source does (see {@link FeaturesJob}).
 */
final class FeaturesTopology {
  private static final String SKEW = "skew-windows";

  private final Pipeline pipeline;
  private final List<LookupUse> lookups;

  FeaturesTopology(Pipeline pipeline) {
    this.pipeline = pipeline;
    this.lookups = LookupUse.of(pipeline);
  }

  /**
   * The streams computed from the sources.
   *
   * @param vectors questions with all their answers
   * @param skew null in an aligned pipeline, whose answers are final
   * @param rows by view
   * @param deadLetters by source
   */
  record Outputs(
      DataStream<Question> vectors,
      @Nullable SingleOutputStreamOperator<SkewReport> skew,
      Map<FeatureView, DataStream<FeedRow>> rows,
      Map<Source, DataStream<DeadLetterRecord>> deadLetters) {}

  /** The sources that are read: the scored one and those of views; none without lookups. */
  List<Source> sources() {
    return pipeline.featureSources();
  }

  /** The fingerprint of what is computed from a source. */
  String fingerprint(Source source) {
    return ViewFingerprint.of(pipeline, source);
  }

  /**
   * Adds the operators to the environment of the records.
   *
   * @param records of a source, including late ones, with watermarks; of predictions and outcomes
   *     as {@link dev.millrace.schemas.topics.FeedbackSchemas#read} has them
   * @throws IllegalStateException if the pipeline has no lookups
   */
  Outputs build(Function<Source, DataStream<IncomingRecord>> records) {
    Map<String, SingleOutputStreamOperator<ViewEvent>> events = new LinkedHashMap<>();
    Map<Source, DataStream<DeadLetterRecord>> deadLetters = new LinkedHashMap<>();
    for (Source source : sources()) {
      SingleOutputStreamOperator<ViewEvent> extracted =
          extract(source, once(source, records.apply(source)));
      events.put(source.name(), extracted);
      deadLetters.put(source, extracted.getSideOutput(DeadLetterRecord.OUTPUT));
    }
    SingleOutputStreamOperator<ViewEvent> scored = events.get(pipeline.score());
    if (scored == null) {
      throw new IllegalStateException("pipeline " + pipeline.name() + " has no feature views");
    }
    DataStream<Question> questions = scored.getSideOutput(EventExtractor.QUESTIONS);
    Map<FeatureView, DataStream<FeedRow>> rows = new LinkedHashMap<>();
    List<DataStream<SkewSample>> samples = new ArrayList<>();
    for (LookupUse use : lookups) {
      SingleOutputStreamOperator<Question> answered =
          answer(use, questions, Objects.requireNonNull(events.get(use.view().from())));
      if (use.feeds()) {
        rows.put(use.view(), answered.getSideOutput(LookupOperator.FEED));
      }
      samples.add(answered.getSideOutput(LookupOperator.SKEW));
      questions = answered;
    }
    return new Outputs(questions, pipeline.align() ? null : skew(samples), rows, deadLetters);
  }

  private SingleOutputStreamOperator<SkewReport> skew(List<DataStream<SkewSample>> samples) {
    DataStream<SkewSample> all =
        samples.stream().reduce((one, other) -> one.union(other)).orElseThrow();
    return all.keyBy(SkewSample::lookup, Types.INT)
        .process(new SkewWindows(pipeline), new AvroTypeInfo<>(SkewReport.class))
        .name(SKEW)
        .uid(SKEW + "-" + ViewFingerprint.of(pipeline))
        .setParallelism(1);
  }

  /** The events of predictions or outcomes; the records of other sources as they are. */
  private DataStream<IncomingRecord> once(Source source, DataStream<IncomingRecord> records) {
    Feedback feedback = Feedback.of(source.name());
    if (feedback == null) {
      return records;
    }
    String written = source.name() + "-written";
    String once = source.name() + "-once";
    return records
        .filter(record -> record.progress() == null)
        .name(written)
        .uid(written)
        .setParallelism(records.getParallelism())
        .keyBy(FeedbackEvents::key, Types.STRING)
        .process(new FeedbackEvents(pipeline, feedback), IncomingRecord.type(source.schema()))
        .name(once)
        .uid(once + "-" + fingerprint(source));
  }

  private SingleOutputStreamOperator<ViewEvent> extract(
      Source source, DataStream<IncomingRecord> records) {
    String extractor = source.name() + "-view-events";
    return records
        .process(new EventExtractor(pipeline, source), ViewEventSerializer.TYPE)
        .name(extractor)
        .uid(extractor)
        .setParallelism(records.getParallelism());
  }

  private SingleOutputStreamOperator<Question> answer(
      LookupUse use, DataStream<Question> questions, DataStream<ViewEvent> events) {
    String filter = use.lookup().name() + "-input";
    String operator = use.lookup().name() + "-lookup";
    int index = use.index();
    DataStream<ViewEvent> input =
        events
            .filter(event -> event.lookup() == index)
            .name(filter)
            .uid(filter)
            .setParallelism(events.getParallelism());
    return questions
        .keyBy(question -> question.routing(index), Types.STRING)
        .connect(input.keyBy(ViewEvent::entity, Types.STRING))
        .transform(operator, QuestionSerializer.TYPE, new LookupOperator(pipeline, use))
        .name(operator)
        .uid(operator + "-" + fingerprint(pipeline.source(use.view().from())));
  }
}
