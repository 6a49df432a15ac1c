package dev.millrace.ingest.producer.publish;

/** What a producer's batches are sized for. */
public enum ProducerTuning {
  /** Latency: each record is sent at once. */
  LATENCY,
  /** Throughput: records are sent in large batches. */
  THROUGHPUT
}
