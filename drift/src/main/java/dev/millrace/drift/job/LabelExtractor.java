package dev.millrace.drift.job;

import dev.millrace.drift.wire.Incoming;
import dev.millrace.drift.wire.Unreadable;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Labels;
import java.time.Instant;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Reads labels out of the events that carry them; events without one are counted. Dead letters go
 * to {@link Unreadable#DEAD_LETTERS}.
 */
public final class LabelExtractor extends ProcessFunction<Incoming, LabelEvent> {
  private static final long serialVersionUID = 1L;

  private final Labels labels;
  private final String timeField;

  @SuppressWarnings("NullAway.Init")
  private transient Counter empty;

  /**
   * @param timeField of the source of labels
   */
  public LabelExtractor(Labels labels, String timeField) {
    this.labels = labels;
    this.timeField = timeField;
  }

  @Override
  public void open(OpenContext context) {
    empty = getRuntimeContext().getMetricGroup().counter("labels_empty");
  }

  @Override
  public void processElement(Incoming incoming, Context context, Collector<LabelEvent> out) {
    GenericRecord event = incoming.value();
    if (event == null) {
      context.output(Unreadable.DEAD_LETTERS, incoming.unreadable());
      return;
    }
    Label label = label(event);
    if (label == null) {
      empty.inc();
    }
    out.collect(new LabelEvent(label, incoming.arrival(), incoming.eventClockMillis()));
  }

  private @Nullable Label label(GenericRecord event) {
    Object id = Fields.value(event, labels.id());
    Object time = Fields.value(event, timeField);
    Double value = number(labels.value().evaluate(name -> Fields.value(event, name)));
    return id == null || value == null || !(time instanceof Instant instant)
        ? null
        : new Label(id.toString(), value, instant.toEpochMilli());
  }

  /**
   * A label as a number: a boolean is 1 or 0.
   *
   * @return null for none, and for a number that is not finite
   */
  public static @Nullable Double number(@Nullable Object label) {
    if (label instanceof Boolean truth) {
      return truth ? 1.0 : 0.0;
    }
    return label instanceof Number number && Double.isFinite(number.doubleValue())
        ? (Double) number.doubleValue()
        : null;
  }
}
