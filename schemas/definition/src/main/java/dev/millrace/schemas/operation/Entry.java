package dev.millrace.schemas.operation;

/** A value with its event time and its order among the values of that time. */
record Entry(Object value, long timeMillis, long order) {
  boolean isLaterThan(Entry other) {
    return timeMillis > other.timeMillis || (timeMillis == other.timeMillis && order > other.order);
  }

  void write(StateWriter out, long tileMillis) {
    out.varint(tileMillis - timeMillis);
    out.varint(order);
    out.value(value);
  }

  static Entry read(StateReader in, long tileMillis) {
    long timeMillis = tileMillis - in.varint();
    long order = in.varint();
    return new Entry(in.value(), timeMillis, order);
  }

  /** Its memory on a 64-bit JVM, estimated. */
  int heapBytes() {
    return 32 + (value instanceof String text ? 48 + 2 * text.length() : 16);
  }
}
