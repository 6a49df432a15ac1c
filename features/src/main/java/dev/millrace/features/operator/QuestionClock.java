package dev.millrace.features.operator;

import dev.millrace.features.source.Question;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Passes the questions on, and repeats their watermark after a restart. Ingest repeats its progress
 * only after seconds. In that time a lookup would read a backfill without knowing which questions
 * may come, and so without merging old events as it does otherwise.
 */
@SuppressWarnings("NullAway.Init") // Flink initializes an operator before it calls anything else
public final class QuestionClock extends AbstractStreamOperator<Question>
    implements OneInputStreamOperator<Question, Question> {
  private static final long serialVersionUID = 1L;
  private static final ListStateDescriptor<Long> WATERMARK =
      new ListStateDescriptor<>("watermark", Types.LONG);

  private transient ListState<Long> stored;
  private transient long watermarkMillis;

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    // Of all subtasks: after a restart with another parallelism the slowest one counts.
    stored = context.getOperatorStateStore().getUnionListState(WATERMARK);
    long restored = Long.MAX_VALUE;
    for (long each : stored.get()) {
      restored = Math.min(restored, each);
    }
    watermarkMillis = restored == Long.MAX_VALUE ? Long.MIN_VALUE : restored;
  }

  @Override
  public void open() throws Exception {
    super.open();
    if (watermarkMillis > Long.MIN_VALUE) {
      long nowMillis = getProcessingTimeService().getCurrentProcessingTime();
      var unused =
          getProcessingTimeService()
              .registerTimer(
                  nowMillis, timestamp -> output.emitWatermark(new Watermark(watermarkMillis)));
    }
  }

  @Override
  public void processElement(StreamRecord<Question> element) {
    output.collect(element);
  }

  @Override
  public void processWatermark(Watermark watermark) throws Exception {
    if (watermark.getTimestamp() > watermarkMillis) {
      watermarkMillis = watermark.getTimestamp();
      super.processWatermark(watermark);
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    stored.update(List.of(watermarkMillis));
  }
}
