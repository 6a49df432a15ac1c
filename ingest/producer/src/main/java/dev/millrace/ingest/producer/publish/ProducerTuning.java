package dev.millrace.ingest.producer.publish;

/** The target of the batch size of a producer. */
public enum ProducerTuning {
  /** Latency: each record is sent at once. */
  LATENCY,
  /** Throughput: records are sent in large batches. */
  THROUGHPUT
}
