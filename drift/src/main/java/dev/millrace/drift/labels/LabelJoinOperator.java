package dev.millrace.drift.labels;

import org.apache.avro.generic.GenericRecord;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * Runs a {@link LabelJoin} such that predictions drive maturity. When no prediction comes, time
 * stands still, although labels go on: in a replay labels may be days of event time ahead of
 * predictions that are still being made, and must be held for them. When no label comes,
 * predictions mature all the same.
 */
public final class LabelJoinOperator
    extends KeyedCoProcessOperator<String, GenericRecord, Label, GenericRecord> {
  private static final long serialVersionUID = 1L;
  private static final int PREDICTIONS = 0;

  public LabelJoinOperator(LabelJoin join) {
    super(join);
  }

  @Override
  protected void processWatermarkStatus(WatermarkStatus status, int input) throws Exception {
    if (input != PREDICTIONS) {
      super.processWatermarkStatus(status, input);
    }
  }
}
