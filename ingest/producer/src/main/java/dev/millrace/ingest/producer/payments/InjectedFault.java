package dev.millrace.ingest.producer.payments;

/** The fault of a record that was made faulty on purpose. */
public enum InjectedFault {
  /** No fault: the record is to be scored. */
  NONE,
  /** A payment sent before, with the same id and bytes: dropped as a duplicate. */
  DUPLICATE,
  /**
   * A payment whose time is behind by more than the pipeline's lateness: sent to the late topic.
   */
  LATE,
  /** A negative amount: breaks the contract, dead letter {@code CONTRACT}. */
  NEGATIVE_AMOUNT,
  /** The first byte is not 0: dead letter {@code BAD_MAGIC}. */
  BAD_MAGIC,
  /** The Avro body ends too soon: dead letter {@code DECODE}. */
  TRUNCATED
}
