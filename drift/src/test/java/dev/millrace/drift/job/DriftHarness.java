package dev.millrace.drift.job;

import dev.millrace.drift.Shop;
import dev.millrace.drift.ShopReferences;
import dev.millrace.drift.policy.Acknowledgement;
import dev.millrace.drift.policy.CauseSignal;
import dev.millrace.drift.policy.LabelCount;
import dev.millrace.drift.policy.RetrainingPolicy;
import dev.millrace.drift.policy.SignalInputs;
import dev.millrace.drift.policy.SignalMark;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.window.PredictionExtractor;
import dev.millrace.drift.window.WindowCounts;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.pipeline.Cause;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Retrain;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/** The drift operator in a test harness. */
final class DriftHarness implements AutoCloseable {
  static final double CALM = 0;
  static final double SHIFTED = 1;
  static final int MANY = 400;
  static final int FEW = 50;

  static final Retrain AT_ONCE =
      new Retrain(Set.of(Cause.DATA, Cause.PREDICTION), Duration.ZERO, 0);

  /** Signals are due at the end of their window, and no input of them is waited for. */
  private static final SignalInputs AT_THE_END =
      new SignalInputs(Set.of(), 0, SignalInputs.WITHOUT_BOUND);

  private static final Duration LABELS_WITHIN = Duration.ofMillis(6 * Shop.WINDOW);

  private final RecordedMetrics metrics = new RecordedMetrics();
  private final ModelReference reference;
  private final KeyedOneInputStreamOperatorTestHarness<String, MonitorInput, DriftReport> harness;

  DriftHarness(Retrain retrain) throws Exception {
    this(ShopReferences.referenceSet(), retrain, null);
  }

  DriftHarness(Duration warmUp) throws Exception {
    this(ShopReferences.referenceSet(), AT_ONCE, warmUp, null);
  }

  DriftHarness(ModelReference reference, Retrain retrain, @Nullable OperatorSubtaskState state)
      throws Exception {
    this(reference, retrain, Duration.ZERO, state);
  }

  private DriftHarness(
      ModelReference reference,
      Retrain retrain,
      Duration warmUp,
      @Nullable OperatorSubtaskState state)
      throws Exception {
    this(reference, Shop.DRIFT, retrain, warmUp, state);
  }

  DriftHarness(
      ModelReference reference,
      Drift drift,
      Retrain retrain,
      Duration warmUp,
      @Nullable OperatorSubtaskState state)
      throws Exception {
    this(reference, drift, retrain, warmUp, AT_THE_END, PublishedAlerts.NONE, state);
  }

  /** A monitor with a topic of alerts. */
  DriftHarness(List<Alert> published, @Nullable OperatorSubtaskState state) throws Exception {
    this(
        ShopReferences.referenceSet(),
        Shop.DRIFT,
        AT_ONCE,
        Duration.ZERO,
        AT_THE_END,
        () -> published,
        state);
  }

  /** A monitor without state, with a topic of alerts. */
  DriftHarness(ModelReference reference, Drift drift, List<Alert> published) throws Exception {
    this(reference, drift, AT_ONCE, Duration.ZERO, AT_THE_END, () -> published, null);
  }

  /** A monitor with inputs of signals. */
  DriftHarness(Retrain retrain, SignalInputs inputs, @Nullable OperatorSubtaskState state)
      throws Exception {
    this(
        ShopReferences.referenceSet(),
        Shop.DRIFT,
        retrain,
        Duration.ZERO,
        inputs,
        PublishedAlerts.NONE,
        state);
  }

  private DriftHarness(
      ModelReference reference,
      Drift drift,
      Retrain retrain,
      Duration warmUp,
      SignalInputs inputs,
      PublishedAlerts published,
      @Nullable OperatorSubtaskState state)
      throws Exception {
    this.reference = reference;
    harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new DriftOperator(
                "refund",
                new DriftFunction(
                    reference,
                    drift,
                    new RetrainingPolicy(
                        reference,
                        retrain,
                        drift.recoveryWindows(),
                        LABELS_WITHIN,
                        "outcomes",
                        "orders"),
                    warmUp,
                    inputs,
                    published)),
            partial -> "refund",
            Types.STRING,
            metrics.environment());
    harness.setup(
        new AvroTypeInfo<>(DriftReport.class).createSerializer(new SerializerConfigImpl()));
    if (state != null) {
      harness.initializeState(state);
    }
    harness.open();
  }

  long count(String counter) {
    return (long) metrics.value(counter + "{pipeline=\"shop\"}");
  }

  OperatorSubtaskState snapshot() throws Exception {
    return harness.snapshot(1, 1);
  }

  /** Predictions of a window, which then closes. */
  DriftHarness window(long number, int size, double shift) throws Exception {
    return add(number, size, shift).close(number);
  }

  /** Predictions of a window, in two partials. */
  DriftHarness add(long number, int size, double shift) throws Exception {
    long start = number * Shop.WINDOW;
    List<GenericRecord> predictions = Shop.window(start, size, shift);
    send(start, predictions.subList(0, size / 3));
    send(start, predictions.subList(size / 3, size));
    return this;
  }

  /** These predictions of a window, which then closes. */
  DriftHarness window(long number, List<GenericRecord> predictions) throws Exception {
    send(number * Shop.WINDOW, predictions);
    return close(number);
  }

  /** One of several partials of the predictions of a window. */
  DriftHarness part(long number, int part, int parts, int size, double shift) throws Exception {
    long start = number * Shop.WINDOW;
    List<GenericRecord> predictions = Shop.window(start, size, shift);
    send(start, predictions.subList(part * size / parts, (part + 1) * size / parts));
    return this;
  }

  /** Predictions whose scores are shifted as well, by a share of their range. */
  DriftHarness window(long number, int size, double shift, double scores) throws Exception {
    long start = number * Shop.WINDOW;
    send(start, Shop.window(start, size, shift, scores));
    return close(number);
  }

  /** A partial that was counted against another reference. */
  DriftHarness foreign(ModelReference other, long number, int size) throws Exception {
    long start = number * Shop.WINDOW;
    send(other, start, Shop.window(start, size, 0));
    return this;
  }

  /** Labels that the next decision counts. */
  DriftHarness labels(long window, long count) throws Exception {
    return labels(window, window, count);
  }

  /**
   * Labels of predictions of a window.
   *
   * @param known the window at whose end they are known
   */
  DriftHarness labels(long window, long known, long count) throws Exception {
    long dueMillis = (known + 1) * Shop.WINDOW - 1;
    harness.processElement(
        new StreamRecord<>(
            MonitorInput.of(
                new LabelCount(reference.version(), window * Shop.WINDOW, dueMillis, count))));
    return this;
  }

  DriftHarness signal(CauseSignal signal) throws Exception {
    harness.processElement(new StreamRecord<>(MonitorInput.of(signal)));
    return this;
  }

  DriftHarness mark(SignalMark mark) throws Exception {
    harness.processElement(new StreamRecord<>(MonitorInput.of(mark)));
    return this;
  }

  DriftHarness acknowledge(Acknowledgement acknowledgement) throws Exception {
    harness.processElement(new StreamRecord<>(MonitorInput.of(acknowledgement)));
    return this;
  }

  DriftHarness close(long number) throws Exception {
    harness.processWatermark((number + 1) * Shop.WINDOW - 1);
    return this;
  }

  private void send(long start, List<GenericRecord> predictions) throws Exception {
    send(reference, start, predictions);
  }

  private void send(ModelReference against, long start, List<GenericRecord> predictions)
      throws Exception {
    PredictionExtractor values = new PredictionExtractor(Shop.PREDICTION, against.features());
    WindowCounts counts = new WindowCounts(against.counted());
    for (GenericRecord prediction : predictions) {
      GenericRecord source = (GenericRecord) prediction.get("source");
      counts.add(
          values.of(prediction), (Integer) source.get("partition"), (Long) source.get("offset"));
      values.deliver(prediction, counts.delivery());
    }
    harness.processElement(
        new StreamRecord<>(MonitorInput.of(counts.toPartial(against.id(), start))));
  }

  List<DriftReport> reports() {
    return harness.extractOutputValues();
  }

  List<Alert> alerts() {
    return side(DriftFunction.ALERTS);
  }

  List<RetrainingTrigger> triggers() {
    return side(DriftFunction.TRIGGERS);
  }

  private <T> List<T> side(OutputTag<T> tag) {
    List<T> values = new ArrayList<>();
    var records = harness.getSideOutput(tag);
    if (records != null) {
      records.forEach(record -> values.add(record.getValue()));
    }
    return values;
  }

  @Override
  public void close() throws IllegalStateException {
    try {
      harness.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
