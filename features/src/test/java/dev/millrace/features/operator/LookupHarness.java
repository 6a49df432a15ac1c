package dev.millrace.features.operator;

import static java.util.Objects.requireNonNull;

import dev.millrace.features.Cards;
import dev.millrace.features.skew.SkewSample;
import dev.millrace.features.source.EventOrder;
import dev.millrace.features.source.Question;
import dev.millrace.features.source.Question.Part;
import dev.millrace.features.source.Question.Values;
import dev.millrace.features.source.QuestionSerializer;
import dev.millrace.features.source.ViewEvent;
import dev.millrace.features.view.LookupUse;
import dev.millrace.schemas.pipeline.Pipeline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.runtime.state.storage.FileSystemCheckpointStorage;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** One lookup of a pipeline on a Flink harness. Times are after {@link #START}. */
final class LookupHarness implements AutoCloseable {
  static final long START = 1_700_000_000_000L;
  static final long MINUTE = 60_000;
  static final long HOUR = 60 * MINUTE;

  /** Slices never end, so that a slow machine does not change the order of what happens. */
  private static final Duration WHOLE = Duration.ofHours(1);

  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /** No entity is compared, except those with the hash 0. */
  private static final int NONE = Integer.MAX_VALUE;

  final KeyedTwoInputStreamOperatorTestHarness<String, Question, ViewEvent, Question> flink;
  private final LookupOperator operator;
  private final LookupUse use;
  private final int lookups;
  private long offset;

  LookupHarness(
      Pipeline pipeline,
      String lookup,
      StateBackend backend,
      @Nullable OperatorSubtaskState state,
      long cacheBytes)
      throws Exception {
    this(pipeline, lookup, backend, state, new Pace(cacheBytes, INTERVAL, WHOLE, NONE), null);
  }

  private LookupHarness(
      Pipeline pipeline,
      String lookup,
      StateBackend backend,
      @Nullable OperatorSubtaskState state,
      Pace pace,
      @Nullable Path checkpoints)
      throws Exception {
    use = Cards.use(pipeline, lookup);
    lookups = pipeline.lookups().size();
    int index = use.index();
    operator = new LookupOperator(pipeline, use, pace);
    flink =
        new KeyedTwoInputStreamOperatorTestHarness<>(
            operator, question -> question.routing(index), ViewEvent::entity, Types.STRING);
    flink.setStateBackend(backend);
    if (checkpoints != null) {
      flink.setCheckpointStorage(new FileSystemCheckpointStorage(checkpoints.toUri()));
    }
    flink.setup(QuestionSerializer.TYPE.createSerializer(new SerializerConfigImpl()));
    if (state != null) {
      flink.initializeState(state);
    }
    flink.open();
  }

  static LookupHarness of(String lookup) throws Exception {
    return of(Cards.PIPELINE, lookup, null);
  }

  static LookupHarness of(Pipeline pipeline, String lookup, @Nullable OperatorSubtaskState state)
      throws Exception {
    return new LookupHarness(
        pipeline, lookup, new HashMapStateBackend(), state, EntityCache.DEFAULT_BYTES);
  }

  /** A lookup that compares the answers about every entity. */
  static LookupHarness comparing(String lookup, @Nullable OperatorSubtaskState state)
      throws Exception {
    return new LookupHarness(
        Cards.PIPELINE,
        lookup,
        new HashMapStateBackend(),
        state,
        new Pace(EntityCache.DEFAULT_BYTES, INTERVAL, WHOLE, 1),
        null);
  }

  /** A lookup whose work on rows and expiry is done in slices. */
  static LookupHarness sliced(
      Pipeline pipeline,
      String lookup,
      StateBackend backend,
      @Nullable OperatorSubtaskState state,
      long sliceMillis)
      throws Exception {
    return new LookupHarness(
        pipeline,
        lookup,
        backend,
        state,
        new Pace(EntityCache.DEFAULT_BYTES, INTERVAL, Duration.ofMillis(sliceMillis), NONE),
        null);
  }

  /** A lookup with the memory that it has in a job, and checkpoints in a directory. */
  static LookupHarness stored(
      Pipeline pipeline, String lookup, StateBackend backend, Path checkpoints) throws Exception {
    Pace pace = new Pace(EntityCache.DEFAULT_BYTES, INTERVAL, WHOLE, NONE);
    return new LookupHarness(pipeline, lookup, backend, null, pace, checkpoints);
  }

  @Override
  public void close() {
    try {
      flink.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A question of an event that does not belong to the entity. */
  void ask(@Nullable String entity, long time) throws Exception {
    question(entity, time, offset++, null);
  }

  /** A question of an event that belongs to the entity, with its values. */
  void add(String entity, long time, @Nullable Object... values) throws Exception {
    question(entity, time, offset++, new Values(values));
  }

  void question(@Nullable String entity, long time, long at, @Nullable Values own)
      throws Exception {
    @Nullable String[] entities = new @Nullable String[lookups];
    @Nullable Values[] values = new @Nullable Values[lookups];
    entities[use.index()] = entity;
    values[use.index()] = own;
    Question question =
        new Question(
            "e" + at,
            START + time,
            3,
            at,
            "k",
            entities,
            values,
            new @Nullable Part[lookups],
            true);
    flink.processElement1(question, START + time);
  }

  /** An event of the view's source, by the second input. */
  void event(String entity, long time, @Nullable Object... values) throws Exception {
    long order = EventOrder.of(3, offset++, false);
    flink.processElement2(
        new ViewEvent(use.index(), entity, START + time, order, values), START + time);
  }

  /** A payment of the lookup card. */
  void pay(String card, long time, @Nullable Double amount, String shop) throws Exception {
    boolean large = amount != null && amount > 100;
    add(card, time, amount, large ? true : null, shop);
  }

  /** The watermark of the questions. */
  void questionsAt(long time) throws Exception {
    flink.processWatermark1(new Watermark(START + time));
  }

  /** The watermark of the events. */
  void eventsAt(long time) throws Exception {
    flink.processWatermark2(new Watermark(START + time));
  }

  void bothAt(long time) throws Exception {
    questionsAt(time);
    eventsAt(time);
  }

  void questionsIdle(boolean idle) throws Exception {
    flink.processWatermarkStatus1(idle ? WatermarkStatus.IDLE : WatermarkStatus.ACTIVE);
  }

  void eventsIdle(boolean idle) throws Exception {
    flink.processWatermarkStatus2(idle ? WatermarkStatus.IDLE : WatermarkStatus.ACTIVE);
  }

  /** Wall-clock time passes. */
  void pass(long millis) throws Exception {
    flink.setProcessingTime(flink.getProcessingTime() + millis);
  }

  List<Question> answers() {
    return flink.extractOutputValues();
  }

  @Nullable Part part(Question question) {
    return question.parts()[use.index()];
  }

  /** The newest answer. */
  Part last() {
    List<Question> answers = answers();
    return requireNonNull(part(answers.get(answers.size() - 1)));
  }

  @Nullable Object feature(Part part, String name) {
    for (int i = 0; i < part.features().length; i++) {
      if (use.view().features().get(i).name().equals(name)) {
        return part.features()[i];
      }
    }
    throw new AssertionError(name);
  }

  @Nullable Object last(String feature) {
    return feature(last(), feature);
  }

  /** The rows and tombstones of the feed. */
  List<FeedRow> rows() {
    var feed = flink.getSideOutput(LookupOperator.FEED);
    return feed == null ? List.of() : feed.stream().map(StreamRecord::getValue).toList();
  }

  /** The comparisons of answers with later ones. */
  List<SkewSample> skew() {
    var samples = flink.getSideOutput(LookupOperator.SKEW);
    return samples == null
        ? List.of()
        : samples.stream()
            .map(StreamRecord::getValue)
            .filter(sample -> sample.differences() != null)
            .toList();
  }

  /** Takes the rows out of the output, and returns their number. */
  int drainRows() {
    return drainRows(row -> true);
  }

  /** Takes all rows out of the output, and returns the number of those. */
  int drainRows(Predicate<FeedRow> counted) {
    var feed = flink.getSideOutput(LookupOperator.FEED);
    int drained = 0;
    for (StreamRecord<FeedRow> row; feed != null && (row = feed.poll()) != null; ) {
      drained += counted.test(row.getValue()) ? 1 : 0;
    }
    return drained;
  }

  /** The entities in memory that wait for their row. */
  int waitingRows() {
    return operator.waitingRows();
  }

  /** The entities in memory. */
  EntityStates states() {
    return operator.states();
  }

  /** The number of keys of these keyed states, in memory or in RocksDB. */
  long keys(String... states) {
    KeyedStateBackend<String> backend = operator.getKeyedStateBackend();
    long keys = 0;
    for (String state : states) {
      try (Stream<String> each = backend.getKeys(state, VoidNamespace.INSTANCE)) {
        keys += each.count();
      }
    }
    return keys;
  }

  /** Per row: entity, as_of after the start, and its first feature or "gone". */
  List<String> feed() {
    return rows().stream()
        .map(
            row ->
                "%s@%d %s"
                    .formatted(
                        row.entity(),
                        row.asOfMillis() - START,
                        row.features() == null ? "gone" : row.features()[0]))
        .toList();
  }
}
