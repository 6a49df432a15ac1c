package dev.millrace.ingest.producer.payments;

/** What changes in the stream when the drift starts. */
public enum DriftKind {
  /** Nothing changes. */
  NONE("none"),
  /** Every payment costs {@value PaymentGenerator#PRICE_FACTOR} times as much. */
  PRICE_SHIFT("price-shift"),
  /** A new fraud pattern appears. */
  NEW_FRAUD("new-fraud");

  private final String label;

  DriftKind(String label) {
    this.label = label;
  }

  @Override
  public String toString() {
    return label;
  }
}
