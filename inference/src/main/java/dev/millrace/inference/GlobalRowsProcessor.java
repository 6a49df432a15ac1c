package dev.millrace.inference;

import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.codec.RejectionCode;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the newest row of every entity of a view, on every instance. */
final class GlobalRowsProcessor implements Processor<byte[], byte[], Void, Void> {
  private static final Logger log = LoggerFactory.getLogger(GlobalRowsProcessor.class);

  private final ViewPlan view;
  private final AvroDecoder decoder;
  private final InferenceMetrics metrics;
  private @Nullable ViewRows rows;

  GlobalRowsProcessor(ViewPlan view, AvroDecoder decoder, InferenceMetrics metrics) {
    this.view = view;
    this.decoder = decoder;
    this.metrics = metrics;
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    rows = new ViewRows(context.getStateStore(view.store()), decoder);
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
      rows.remove(record.key(), Row.tombstoneTime(record.headers()));
      return;
    }
    Decoded decoded = decoder.decode(record.value());
    if (decoded instanceof Decoded.Value value) {
      rows.offer(record.key(), Row.of(value.record()), record.value());
    } else if (decoded instanceof Decoded.Rejected rejected) {
      skip(rejected.code(), rejected.detail());
    }
  }

  /** Every instance reads every row, and a global processor has no way out but its store. */
  private void skip(RejectionCode code, String detail) {
    metrics.skippedRow(view.view().name(), code);
    log.warn("A row of {} was skipped: {} {}", view.topic(), code, detail);
  }
}
