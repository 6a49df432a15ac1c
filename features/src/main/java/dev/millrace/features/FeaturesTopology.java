package dev.millrace.features;

import dev.millrace.features.operator.BackfilledLookupOperator;
import dev.millrace.features.operator.FeedRow;
import dev.millrace.features.operator.LookupOperator;
import dev.millrace.features.operator.QuestionClock;
import dev.millrace.features.skew.SkewSample;
import dev.millrace.features.skew.SkewWindows;
import dev.millrace.features.source.BackfillExtractor;
import dev.millrace.features.source.EventExtractor;
import dev.millrace.features.source.FeedbackEvents;
import dev.millrace.features.source.Question;
import dev.millrace.features.source.QuestionSerializer;
import dev.millrace.features.source.StatusBeforeRecords;
import dev.millrace.features.source.ViewEvent;
import dev.millrace.features.source.ViewEventSerializer;
import dev.millrace.features.view.Backfill;
import dev.millrace.features.view.GenerationPlan;
import dev.millrace.features.view.LookupUse;
import dev.millrace.features.view.ViewFingerprint;
import dev.millrace.schemas.avro.SkewReport;
import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Feedback;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.MultipleConnectedStreams;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.apache.flink.streaming.api.transformations.KeyedMultipleInputTransformation;
import org.jspecify.annotations.Nullable;

/**
 * The operators between the records of the sources and the vectors: a chain of lookups through
 * which each scored event travels as a question, each fed by the events of its view.
 *
 * <p>A view that is backfilled has inputs of its own for the events before its boundary. The uids
 * of its operators, and those of lookups, contain the {@linkplain ViewFingerprint fingerprint} of
 * the view's lookups, so that each view keeps its state as long as its own definition is the same.
 */
final class FeaturesTopology {
  private static final String SKEW = "skew-windows";
  private static final String CLOCK = "questions-clock";

  /** The parts of names by which the two topics of a source are told apart. */
  private static final List<String> TOPICS = List.of("", "-late");

  /** The same for the two topics of a backfill. */
  static final List<String> BACKFILLS = List.of("-backfill", "-late-backfill");

  private final Pipeline pipeline;
  private final GenerationPlan plan;
  private final List<LookupUse> lookups;

  FeaturesTopology(Pipeline pipeline, GenerationPlan plan) {
    this.pipeline = pipeline;
    this.plan = plan;
    this.lookups = LookupUse.of(pipeline, plan);
  }

  /** The records that the operators read. */
  interface Records {
    /**
     * The records of a source with watermarks: those of its clean topic, then those of the late
     * topic if it is read. Those of predictions and outcomes, one stream, are as {@link
     * dev.millrace.schemas.topics.FeedbackSchemas#read} has them.
     */
    List<DataStream<IncomingRecord>> of(Source source);

    /**
     * The records that the backfill of a view reads: a bounded stream of the clean topic, and one
     * of the late topic if the view reads it.
     */
    default List<DataStream<IncomingRecord>> ofBackfill(FeatureView view, Backfill backfill) {
      throw new IllegalStateException("view " + view.name() + " cannot be backfilled here");
    }
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

  /**
   * Adds the operators to the environment of the records.
   *
   * @throws IllegalStateException if the pipeline has no lookups
   */
  Outputs build(Records records) {
    Map<String, List<SingleOutputStreamOperator<ViewEvent>>> events = new LinkedHashMap<>();
    Map<Source, DataStream<DeadLetterRecord>> deadLetters = new LinkedHashMap<>();
    for (Source source : sources()) {
      List<SingleOutputStreamOperator<ViewEvent>> extracted =
          extract(source, once(source, read(source, records)));
      events.put(source.name(), extracted);
      deadLetters.put(
          source,
          union(extracted.stream().map(each -> each.getSideOutput(DeadLetterRecord.OUTPUT))));
    }
    List<SingleOutputStreamOperator<ViewEvent>> scored = events.get(pipeline.score());
    if (scored == null) {
      throw new IllegalStateException("pipeline " + pipeline.name() + " has no feature views");
    }
    DataStream<Question> questions = questions(scored.get(0)); // Late events ask nothing.
    Map<String, List<DataStream<ViewEvent>>> backfills = backfills(records);
    Map<FeatureView, DataStream<FeedRow>> rows = new LinkedHashMap<>();
    List<DataStream<SkewSample>> samples = new ArrayList<>();
    for (LookupUse use : inOrder()) {
      SingleOutputStreamOperator<Question> answered =
          answer(
              use,
              questions,
              Objects.requireNonNull(events.get(use.view().from())),
              backfills.getOrDefault(use.view().name(), List.of()));
      if (use.feeds()) {
        rows.put(use.view(), answered.getSideOutput(LookupOperator.FEED));
      }
      samples.add(answered.getSideOutput(LookupOperator.SKEW));
      questions = answered;
    }
    return new Outputs(questions, pipeline.align() ? null : skew(samples), rows, deadLetters);
  }

  /**
   * The uids by which the generation that wrote a checkpoint is found: that of the skew windows, or
   * in an aligned pipeline, which has none and whose state is not restored by another generation,
   * that of the clock.
   */
  static List<String> uidsOfGeneration(String generation) {
    return List.of(SKEW + "-" + generation, CLOCK + "-" + generation);
  }

  /** The lookups in the order in which a question passes them. */
  private List<LookupUse> inOrder() {
    return lookups.stream()
        .sorted(Comparator.comparingInt(use -> plan.order().indexOf(use.lookup().name())))
        .toList();
  }

  private SingleOutputStreamOperator<SkewReport> skew(List<DataStream<SkewSample>> samples) {
    return union(samples.stream())
        .keyBy(SkewSample::lookup, Types.INT)
        .process(new SkewWindows(pipeline), new AvroTypeInfo<>(SkewReport.class))
        .name(SKEW)
        .uid(SKEW + "-" + Generation.of(pipeline))
        .setParallelism(1);
  }

  /**
   * In an aligned pipeline, which reads no late topic, questions wait for a source as soon as it
   * has records again.
   */
  private List<DataStream<IncomingRecord>> read(Source source, Records records) {
    List<DataStream<IncomingRecord>> read = records.of(source);
    return pipeline.align()
        ? List.of(StatusBeforeRecords.of(read.get(0), source.name() + "-status"))
        : read;
  }

  /** The events of predictions or outcomes; the records of other sources as they are. */
  private List<DataStream<IncomingRecord>> once(
      Source source, List<DataStream<IncomingRecord>> records) {
    Feedback feedback = Feedback.of(source.name());
    return feedback == null ? records : List.of(once(source, feedback, records.get(0)));
  }

  private DataStream<IncomingRecord> once(
      Source source, Feedback feedback, DataStream<IncomingRecord> records) {
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
        .uid(once + "-" + ViewFingerprint.of(pipeline, source));
  }

  /** Each topic has an extractor of its own, in one task with its source. */
  private List<SingleOutputStreamOperator<ViewEvent>> extract(
      Source source, List<DataStream<IncomingRecord>> records) {
    List<SingleOutputStreamOperator<ViewEvent>> extracted = new ArrayList<>();
    for (DataStream<IncomingRecord> read : records) {
      String extractor = source.name() + TOPICS.get(extracted.size()) + "-view-events";
      extracted.add(
          read.process(new EventExtractor(pipeline, source, lookups), ViewEventSerializer.TYPE)
              .name(extractor)
              .uid(extractor)
              .setParallelism(read.getParallelism()));
    }
    return extracted;
  }

  /**
   * The clock is not in the task of the source: its state is read by all subtasks, which Flink does
   * not support while some of them have stopped and others have not, as when a job is stopped with
   * a savepoint.
   */
  private DataStream<Question> questions(SingleOutputStreamOperator<ViewEvent> scored) {
    String owner =
        pipeline.align()
            ? Generation.of(pipeline)
            : ViewFingerprint.of(pipeline, pipeline.scored());
    return scored
        .getSideOutput(EventExtractor.QUESTIONS)
        .transform(CLOCK, QuestionSerializer.TYPE, new QuestionClock())
        .startNewChain()
        .name(CLOCK)
        .uid(CLOCK + "-" + owner)
        .setParallelism(scored.getParallelism());
  }

  /** The events of each view that is backfilled, by the topics that it reads. */
  private Map<String, List<DataStream<ViewEvent>>> backfills(Records records) {
    Map<String, List<DataStream<ViewEvent>>> events = new LinkedHashMap<>();
    plan.backfills()
        .forEach(
            (name, backfill) -> {
              FeatureView view = Objects.requireNonNull(pipeline.features().get(name));
              List<LookupUse> uses =
                  lookups.stream().filter(use -> use.view().name().equals(name)).toList();
              List<DataStream<ViewEvent>> each = new ArrayList<>();
              for (DataStream<IncomingRecord> read : records.ofBackfill(view, backfill)) {
                String extractor = name + BACKFILLS.get(each.size()) + "-view-events";
                each.add(
                    read.process(
                            new BackfillExtractor(pipeline, view, uses), ViewEventSerializer.TYPE)
                        .name(extractor)
                        .uid(extractor + "-" + ViewFingerprint.ofLookups(pipeline, view))
                        .setParallelism(read.getParallelism()));
              }
              events.put(name, each);
            });
    return events;
  }

  /**
   * @param events those of the view's source, by topic
   * @param backfill those of the view's backfill, by topic
   */
  private SingleOutputStreamOperator<Question> answer(
      LookupUse use,
      DataStream<Question> questions,
      List<? extends DataStream<ViewEvent>> events,
      List<DataStream<ViewEvent>> backfill) {
    String operator = use.lookup().name() + "-lookup";
    String fingerprint = ViewFingerprint.ofLookups(pipeline, use.view());
    int index = use.index();
    KeyedStream<Question, String> asked =
        questions.keyBy(question -> question.routing(index), Types.STRING);
    KeyedStream<ViewEvent, String> live = keyed(inputs(use, events, TOPICS, ""));
    SingleOutputStreamOperator<Question> answered;
    if (use.backfill() == null) {
      answered =
          asked
              .connect(live)
              .transform(operator, QuestionSerializer.TYPE, new LookupOperator(pipeline, use));
    } else {
      var backfilled =
          new KeyedMultipleInputTransformation<Question>(
              operator,
              SimpleOperatorFactory.of(new BackfilledLookupOperator(pipeline, use)),
              QuestionSerializer.TYPE,
              questions.getExecutionEnvironment().getParallelism(),
              Types.STRING);
      add(backfilled, asked);
      add(backfilled, live);
      inputs(use, backfill, BACKFILLS, "-" + fingerprint)
          .forEach(input -> add(backfilled, keyed(Stream.of(input))));
      answered =
          new MultipleConnectedStreams(questions.getExecutionEnvironment()).transform(backfilled);
    }
    return answered.name(operator).uid(operator + "-" + fingerprint);
  }

  private static void add(
      KeyedMultipleInputTransformation<Question> operator, KeyedStream<?, String> input) {
    operator.addInput(input.getTransformation(), input.getKeySelector());
  }

  /** The events of one lookup, by topic. */
  private static Stream<DataStream<ViewEvent>> inputs(
      LookupUse use,
      List<? extends DataStream<ViewEvent>> topics,
      List<String> parts,
      String uidSuffix) {
    int index = use.index();
    List<DataStream<ViewEvent>> inputs = new ArrayList<>();
    for (DataStream<ViewEvent> events : topics) {
      String filter = use.lookup().name() + parts.get(inputs.size()) + "-input";
      inputs.add(
          events
              .filter(event -> event.lookup() == index)
              .name(filter)
              .uid(filter + uidSuffix)
              .setParallelism(events.getParallelism()));
    }
    return inputs.stream();
  }

  private static KeyedStream<ViewEvent, String> keyed(Stream<DataStream<ViewEvent>> inputs) {
    return union(inputs).keyBy(ViewEvent::entity, Types.STRING);
  }

  private static <T> DataStream<T> union(Stream<? extends DataStream<T>> streams) {
    return streams
        .<DataStream<T>>map(stream -> stream)
        .reduce((one, other) -> one.union(other))
        .orElseThrow();
  }
}
