package dev.millrace.deploy.dataset.rows;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** A prediction, a label or a row, with the parts of it that the join and the order need. */
final class Entry {
  private final boolean isLabel;
  private final long eventTimeMillis;
  private final String eventId;
  private final boolean isComplete;
  private final byte[] values;

  /**
   * @param isComplete of a prediction: whether its features were complete
   * @param values see {@link RowValues}
   */
  Entry(boolean isLabel, long eventTimeMillis, String eventId, boolean isComplete, byte[] values) {
    this.isLabel = isLabel;
    this.eventTimeMillis = eventTimeMillis;
    this.eventId = eventId;
    this.isComplete = isComplete;
    this.values = values;
  }

  /** The order of rows: by event time, then by event id. */
  static int compare(Entry one, Entry other) {
    int byTime = Long.compare(one.eventTimeMillis, other.eventTimeMillis);
    return byTime != 0 ? byTime : one.eventId.compareTo(other.eventId);
  }

  /** This prediction with the values of a label after its own. */
  Entry joined(byte[] label) {
    byte[] both = new byte[values.length + label.length];
    System.arraycopy(values, 0, both, 0, values.length);
    System.arraycopy(label, 0, both, values.length, label.length);
    return new Entry(false, eventTimeMillis, eventId, isComplete, both);
  }

  boolean isLabel() {
    return isLabel;
  }

  String eventId() {
    return eventId;
  }

  boolean isComplete() {
    return isComplete;
  }

  byte[] values() {
    return values;
  }

  void write(DataOutput out) throws IOException {
    out.writeBoolean(isLabel);
    out.writeLong(eventTimeMillis);
    RowValues.writeText(out, eventId);
    out.writeBoolean(isComplete);
    RowValues.writeBytes(out, values);
  }

  static Entry read(DataInput in) throws IOException {
    return new Entry(
        in.readBoolean(),
        in.readLong(),
        RowValues.readText(in),
        in.readBoolean(),
        RowValues.readBytes(in));
  }
}
