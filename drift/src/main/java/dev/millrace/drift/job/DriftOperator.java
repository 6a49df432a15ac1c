package dev.millrace.drift.job;

import dev.millrace.schemas.avro.DriftReport;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;

/** Runs a {@link DriftFunction} and makes it write its state before each checkpoint. */
final class DriftOperator extends KeyedProcessOperator<String, MonitorInput, DriftReport> {
  private static final long serialVersionUID = 1L;

  private final String model;

  /**
   * @param model the key of all records
   */
  DriftOperator(String model, DriftFunction function) {
    super(function);
    this.model = model;
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    setCurrentKey(model);
    super.snapshotState(context);
  }
}
