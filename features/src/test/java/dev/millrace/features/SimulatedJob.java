package dev.millrace.features;

import dev.millrace.features.operator.LookupOperator;
import dev.millrace.features.source.EventExtractor;
import dev.millrace.features.source.Question;
import dev.millrace.features.source.QuestionSerializer;
import dev.millrace.features.source.ViewEvent;
import dev.millrace.features.view.LookupUse;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.flink.source.ProgressWatermarks;
import dev.millrace.schemas.pipeline.Feedback;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.clock.RelativeClock;
import org.apache.flink.util.clock.SystemClock;
import org.jspecify.annotations.Nullable;

/**
 * The features job with its operators on harnesses, connected by queues like Flink's network: what
 * happens next is chosen at random by a seed, one record of a partition or of a queue at a time. So
 * sources run far ahead of each other, events before questions and questions before events.
 */
final class SimulatedJob implements AutoCloseable {
  private static final int MAX_PARALLELISM = 128;

  private final Pipeline pipeline;
  private final int parallelism;
  private final Random random;
  private final List<Partition> partitions = new ArrayList<>();
  private final List<List<Subtask>> lookups = new ArrayList<>();
  private final List<Channel> channels = new ArrayList<>();

  /** By event id, the distinct vectors. */
  final Map<String, List<Question>> vectors = new TreeMap<>();

  /**
   * A checkpoint of the whole job.
   *
   * @param positions by partition
   * @param ids by partition: the events of predictions and outcomes that were read
   * @param states by lookup, of all subtasks
   */
  record Checkpoint(
      int parallelism,
      List<Integer> positions,
      List<Optional<OperatorSubtaskState>> ids,
      List<OperatorSubtaskState> states) {}

  SimulatedJob(
      Pipeline pipeline,
      BankStreams streams,
      int parallelism,
      long seed,
      @Nullable Checkpoint restored)
      throws Exception {
    this.pipeline = pipeline;
    this.parallelism = parallelism;
    this.random = new Random(seed);
    for (LookupUse use : LookupUse.of(pipeline)) {
      List<Subtask> subtasks = new ArrayList<>();
      for (int i = 0; i < parallelism; i++) {
        subtasks.add(new Subtask(use, i, restored));
      }
      lookups.add(subtasks);
    }
    for (Source source : pipeline.featureSources()) {
      for (List<IncomingRecord> log : streams.log(source.name())) {
        partitions.add(new Partition(source.name(), log, partitions.size(), restored));
      }
    }
    for (int i = 0; i < lookups.size(); i++) {
      for (Subtask subtask : lookups.get(i)) {
        subtask.connect(i + 1 < lookups.size() ? lookups.get(i + 1) : List.of());
      }
    }
  }

  @Override
  public void close() {
    partitions.forEach(partition -> close(partition.harness));
    partitions.forEach(partition -> partition.once.ifPresent(SimulatedJob::close));
    lookups.forEach(subtasks -> subtasks.forEach(subtask -> close(subtask.harness)));
  }

  private static void close(AutoCloseable harness) {
    try {
      harness.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Does that many random steps, or fewer if all is read. */
  void run(int steps) throws Exception {
    for (int i = 0; i < steps; i++) {
      List<Partition> unread = partitions.stream().filter(Partition::hasNext).toList();
      List<Channel> waiting = channels.stream().filter(Channel::hasNext).toList();
      if (unread.isEmpty() && waiting.isEmpty()) {
        return;
      }
      // A source runs for a while, so that the others fall behind.
      if (waiting.isEmpty() || (!unread.isEmpty() && random.nextInt(3) == 0)) {
        Partition partition = unread.get(random.nextInt(unread.size()));
        for (int n = random.nextInt(12); n >= 0 && partition.hasNext(); n--) {
          partition.read();
        }
      } else {
        Channel channel = waiting.get(random.nextInt(waiting.size()));
        for (int n = random.nextInt(12); n >= 0 && channel.hasNext(); n--) {
          channel.deliver();
        }
      }
    }
  }

  /** Reads everything to its end. */
  void finish() throws Exception {
    run(Integer.MAX_VALUE);
  }

  /** Delivers what was sent before the barrier, and takes the state of all operators. */
  Checkpoint checkpoint() throws Exception {
    for (List<Channel> waiting = channels; !waiting.isEmpty(); ) {
      waiting = channels.stream().filter(Channel::hasNext).toList();
      for (Channel channel : waiting) {
        channel.deliver();
      }
    }
    List<OperatorSubtaskState> states = new ArrayList<>();
    for (List<Subtask> subtasks : lookups) {
      OperatorSubtaskState[] each = new OperatorSubtaskState[parallelism];
      for (int i = 0; i < parallelism; i++) {
        each[i] = subtasks.get(i).harness.snapshot(1, 1);
      }
      states.add(AbstractStreamOperatorTestHarness.repackageState(each));
    }
    List<Optional<OperatorSubtaskState>> ids = new ArrayList<>();
    for (Partition partition : partitions) {
      ids.add(
          partition.once.isEmpty()
              ? Optional.empty()
              : Optional.of(partition.once.get().snapshot(1, 1)));
    }
    return new Checkpoint(
        parallelism, partitions.stream().map(partition -> partition.next).toList(), ids, states);
  }

  /** A partition of a source with its extractor. */
  private final class Partition implements WatermarkOutput {
    final List<IncomingRecord> log;
    final OneInputStreamOperatorTestHarness<IncomingRecord, ViewEvent> harness;
    final WatermarkGenerator<IncomingRecord> watermarks =
        ProgressWatermarks.strategy().createWatermarkGenerator(new NoContext());
    final Optional<FeedbackHarness> once;
    final Map<Integer, List<Channel>> events = new HashMap<>();
    final List<Channel> questions;
    int next;
    private int questionsSent;

    Partition(String source, List<IncomingRecord> log, int index, @Nullable Checkpoint restored)
        throws Exception {
      this.log = log;
      int position = restored == null ? 0 : restored.positions().get(index);
      Feedback feedback = Feedback.of(source);
      once =
          feedback == null
              ? Optional.empty()
              : Optional.of(
                  FeedbackHarness.open(
                      pipeline,
                      feedback,
                      restored == null ? null : restored.ids().get(index).orElseThrow()));
      // Ingest repeats its progress, so a partition that was read to its end has it again.
      this.next = Math.min(position, log.size() - BankStreams.ARRIVALS);
      harness =
          new OneInputStreamOperatorTestHarness<>(
              new ProcessOperator<>(
                  new EventExtractor(pipeline, pipeline.source(source), LookupUse.of(pipeline))));
      harness.open();
      for (LookupUse use : LookupUse.of(pipeline)) {
        if (use.view().from().equals(source)) {
          events.put(use.index(), channels(lookups.get(use.index()), 2));
        }
      }
      questions = source.equals(pipeline.score()) ? channels(lookups.get(0), 1) : new ArrayList<>();
    }

    boolean hasNext() {
      return next < log.size();
    }

    void read() throws Exception {
      IncomingRecord record = log.get(next++);
      if (once.isEmpty()) {
        harness.processElement(record, record.eventTimeMillis());
      } else if (record.progress() == null) {
        for (IncomingRecord event : once.get().read(record)) {
          harness.processElement(event, event.eventTimeMillis());
        }
      }
      for (ViewEvent event : harness.extractOutputValues()) {
        List<Channel> to = Objects.requireNonNull(events.get(event.lookup()));
        to.get(subtask(event.entity())).queue.add(event);
      }
      harness.getOutput().clear();
      var asked = harness.getSideOutput(EventExtractor.QUESTIONS);
      for (; asked != null && questionsSent < asked.size(); questionsSent++) {
        Question question = new ArrayList<>(asked).get(questionsSent).getValue();
        questions.get(subtask(question.routing(0))).queue.add(question);
      }
      watermarks.onEvent(record, record.eventTimeMillis(), this);
      if (random.nextBoolean() || !hasNext()) {
        watermarks.onPeriodicEmit(this);
      }
    }

    @Override
    public void emitWatermark(Watermark watermark) {
      once.ifPresent(ids -> ids.passed(watermark.getTimestamp()));
      events.values().forEach(each -> each.forEach(to -> to.queue.add(watermark)));
      questions.forEach(to -> to.queue.add(watermark));
    }

    @Override
    public void markIdle() {
      throw new AssertionError("no partition is idle");
    }

    @Override
    public void markActive() {}
  }

  private int subtask(String key) {
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(key, MAX_PARALLELISM, parallelism);
  }

  private List<Channel> channels(List<Subtask> to, int input) {
    List<Channel> made = to.stream().map(subtask -> new Channel(subtask, input)).toList();
    channels.addAll(made);
    return made;
  }

  /** A queue from one subtask to an input of another. */
  private static final class Channel {
    final Queue<Object> queue = new ArrayDeque<>();
    final Subtask to;
    final int input;
    long watermark = Long.MIN_VALUE;

    Channel(Subtask to, int input) {
      this.to = to;
      this.input = input;
      to.inputs.add(this);
    }

    boolean hasNext() {
      return !queue.isEmpty();
    }

    void deliver() throws Exception {
      Object next = queue.poll();
      if (next instanceof Question question) {
        to.harness.processElement1(question, question.timeMillis());
      } else if (next instanceof ViewEvent event) {
        to.harness.processElement2(event, event.timeMillis());
      } else if (next instanceof Watermark reached) {
        watermark = Math.max(watermark, reached.getTimestamp());
        to.advance(input);
      }
      to.harness.setProcessingTime(to.harness.getProcessingTime() + 50);
      to.forward();
    }
  }

  /** Of watermark generators, which use none of it. */
  private static final class NoContext implements WatermarkGeneratorSupplier.Context {
    @Override
    public MetricGroup getMetricGroup() {
      return new UnregisteredMetricsGroup();
    }

    @Override
    public RelativeClock getInputActivityClock() {
      return SystemClock.getInstance();
    }
  }

  /** One subtask of a lookup. */
  private final class Subtask {
    final LookupUse use;
    final KeyedTwoInputStreamOperatorTestHarness<String, Question, ViewEvent, Question> harness;
    final Deque<Channel> inputs = new ArrayDeque<>();
    final long[] watermarks = {Long.MIN_VALUE, Long.MIN_VALUE};
    private List<Channel> next = List.of();

    Subtask(LookupUse use, int index, @Nullable Checkpoint restored) throws Exception {
      this.use = use;
      int lookup = use.index();
      harness =
          new KeyedTwoInputStreamOperatorTestHarness<>(
              new LookupOperator(pipeline, use),
              question -> question.routing(lookup),
              ViewEvent::entity,
              Types.STRING,
              MAX_PARALLELISM,
              parallelism,
              index);
      harness.setStateBackend(new HashMapStateBackend());
      harness.setup(QuestionSerializer.TYPE.createSerializer(new SerializerConfigImpl()));
      if (restored != null) {
        harness.initializeState(
            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                restored.states().get(lookup),
                MAX_PARALLELISM,
                restored.parallelism(),
                parallelism,
                index));
      }
      harness.open();
    }

    void connect(List<Subtask> to) {
      next = channels(to, 1);
    }

    /** The watermark of an input is that of its slowest channel. */
    void advance(int input) throws Exception {
      long slowest =
          inputs.stream()
              .filter(channel -> channel.input == input)
              .mapToLong(channel -> channel.watermark)
              .min()
              .orElseThrow();
      if (slowest > watermarks[input - 1]) {
        watermarks[input - 1] = slowest;
        var watermark = new org.apache.flink.streaming.api.watermark.Watermark(slowest);
        if (input == 1) {
          harness.processWatermark1(watermark);
        } else {
          harness.processWatermark2(watermark);
        }
      }
    }

    void forward() {
      for (Object element; (element = harness.getOutput().poll()) != null; ) {
        if (element instanceof StreamRecord<?> record) {
          send((Question) record.getValue());
        } else if (element
            instanceof org.apache.flink.streaming.api.watermark.Watermark watermark) {
          next.forEach(to -> to.queue.add(new Watermark(watermark.getTimestamp())));
        }
      }
    }

    private void send(Question question) {
      if (next.isEmpty()) {
        vectors.computeIfAbsent(question.eventId(), id -> new ArrayList<>()).add(question);
      } else {
        next.get(subtask(question.routing(use.index() + 1))).queue.add(question);
      }
    }
  }
}
