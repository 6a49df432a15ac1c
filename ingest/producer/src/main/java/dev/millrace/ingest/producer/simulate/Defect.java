package dev.millrace.ingest.producer.simulate;

/** What is wrong with a record that was made to be wrong. */
public enum Defect {
  /** Nothing: the record is to be scored. */
  NONE,
  /** A payment sent before, with the same id and bytes: dropped as a duplicate. */
  DUPLICATE,
  /** A payment whose time lies further back than the pipeline's lateness: to the late topic. */
  LATE,
  /** A negative amount: breaks the contract, dead letter {@code CONTRACT}. */
  NEGATIVE_AMOUNT,
  /** First byte is not 0: dead letter {@code BAD_MAGIC}. */
  BAD_MAGIC,
  /** The Avro body ends too soon: dead letter {@code DECODE}. */
  TRUNCATED
}
