package dev.millrace.inference.topology;

import dev.millrace.inference.metrics.InferenceMetrics;
import dev.millrace.inference.rows.EntityRow;
import dev.millrace.inference.rows.NewestRows;
import dev.millrace.inference.rows.ViewStore;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.codec.RejectionCode;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the newest row of every entity of a replicated view. */
final class ReplicatedRowsProcessor implements Processor<byte[], byte[], Void, Void> {
  private static final Logger log = LoggerFactory.getLogger(ReplicatedRowsProcessor.class);

  private final ViewStore view;
  private final AvroDecoder decoder;
  private final InferenceMetrics metrics;
  private @Nullable NewestRows rows;

  ReplicatedRowsProcessor(ViewStore view, AvroDecoder decoder, InferenceMetrics metrics) {
    this.view = view;
    this.decoder = decoder;
    this.metrics = metrics;
    metrics.countSkippedRowsOf(view.name());
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    rows = new NewestRows(context.getStateStore(view.store()), decoder);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    if (rows == null) {
      throw new IllegalStateException("init was not called");
    }
    if (record.key() == null) {
      skip(RejectionCode.KEY_MISSING, "the row has no key");
      return;
    }
    if (record.value() == null) {
      rows.remove(record.key(), EntityRow.tombstoneTime(record.headers()));
      return;
    }
    Decoded decoded = decoder.decode(record.value());
    if (decoded instanceof Decoded.Value value) {
      EntityRow row = EntityRow.of(value.record());
      rows.offer(record.key(), row.asOfMillis(), row.sequence(), record.value());
    } else if (decoded instanceof Decoded.Rejected rejected) {
      skip(rejected.code(), rejected.detail());
    }
  }

  /** Without a dead letter: a global processor cannot forward, and every instance reads the row. */
  private void skip(RejectionCode code, String detail) {
    metrics.skippedRow(view.name(), code);
    log.warn("A row of {} was skipped: {} {}", view.topic(), code, detail);
  }
}
