package dev.millrace.ingest.producer.simulate;

/** What changes in the stream at the given moment. */
public enum DriftKind {
  /** Nothing ever changes. */
  NONE("none"),
  /** Every payment costs {@value PaymentGenerator#PRICE_FACTOR} times as much. */
  PRICE_SHIFT("price-shift"),
  /** A fraud pattern appears that was not there before. */
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
