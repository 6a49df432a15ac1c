package dev.millrace.features;

import dev.millrace.features.source.FeedbackEvents;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.pipeline.Feedback;
import dev.millrace.schemas.pipeline.Pipeline;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** A task that reads predictions or outcomes. */
final class FeedbackHarness implements AutoCloseable {
  private final KeyedOneInputStreamOperatorTestHarness<String, IncomingRecord, IncomingRecord>
      harness;

  private FeedbackHarness(
      KeyedOneInputStreamOperatorTestHarness<String, IncomingRecord, IncomingRecord> harness) {
    this.harness = harness;
  }

  static FeedbackHarness open(
      Pipeline pipeline, Feedback feedback, @Nullable OperatorSubtaskState restored)
      throws Exception {
    var harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new FeedbackEvents(pipeline, feedback)),
            FeedbackEvents::key,
            Types.STRING);
    harness.setStateBackend(new HashMapStateBackend());
    harness.setup(
        IncomingRecord.type(pipeline.source(feedback.sourceName()).schema())
            .createSerializer(new SerializerConfigImpl()));
    if (restored != null) {
      harness.initializeState(restored);
    }
    harness.open();
    return new FeedbackHarness(harness);
  }

  /** The events of a record. */
  List<IncomingRecord> read(IncomingRecord record) throws Exception {
    harness.processElement(record, record.eventTimeMillis());
    List<IncomingRecord> events = harness.extractOutputValues();
    harness.getOutput().clear();
    return events;
  }

  /** The source has passed a time. */
  void passed(long timeMillis) {
    try {
      harness.processWatermark(timeMillis);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    harness.getOutput().clear();
  }

  /** How many keys have state. */
  int remembered() {
    return harness.numKeyedStateEntries();
  }

  OperatorSubtaskState snapshot(long checkpoint, long timestamp) throws Exception {
    return harness.snapshot(checkpoint, timestamp);
  }

  @Override
  public void close() {
    try {
      harness.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
