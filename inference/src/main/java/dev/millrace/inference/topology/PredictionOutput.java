package dev.millrace.inference.topology;

import dev.millrace.inference.scoring.ScoringResult;
import dev.millrace.inference.waiting.CleanEvent;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.deadletter.RecordSize;
import dev.millrace.schemas.streams.records.RecordPosition;
import dev.millrace.schemas.streams.records.StreamsRecordSize;
import dev.millrace.schemas.topics.Progress;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Forwards predictions, progress and dead letters to their sinks. */
final class PredictionOutput {
  private final String cleanTopic;
  private final AvroEncoder encoder;
  private final ProcessorContext<byte[], byte[]> context;
  private final DeadLetterOutput deadLetters;

  PredictionOutput(
      String cleanTopic,
      AvroEncoder encoder,
      ProcessorContext<byte[], byte[]> context,
      DeadLetterOutput deadLetters) {
    this.cleanTopic = cleanTopic;
    this.encoder = encoder;
    this.context = context;
    this.deadLetters = deadLetters;
  }

  /** Forwards the prediction of an event, or its dead letter. */
  void forward(ScoringResult result) {
    CleanEvent event = result.event();
    if (result instanceof ScoringResult.Rejected rejected) {
      deadLetter(event, RejectionCode.MODEL_OUTPUT, rejected.detail(), List.of(rejected.inputs()));
    } else if (result instanceof ScoringResult.Predicted predicted) {
      Record<byte[], byte[]> record =
          new Record<>(event.key(), encoder.encode(predicted.prediction()), event.timeMillis());
      if (StreamsRecordSize.fits(record)) {
        context.forward(record, NodeName.PREDICTIONS);
      } else {
        deadLetter(event, RejectionCode.TOO_LARGE, tooLarge(event, record), List.of());
      }
    }
  }

  /** Forwards progress to the partition of this task; its record timestamp is the progress. */
  @SuppressWarnings("NullAway") // Kafka accepts a null value, but is not annotated.
  void forward(Progress progress) {
    Headers headers = new RecordHeaders();
    progress.write(headers);
    byte[] key = progress.key(context.taskId().partition());
    long timestamp = Math.max(0, progress.timeMillis());
    context.forward(new Record<>(key, null, timestamp, headers), NodeName.PREDICTIONS);
  }

  private void deadLetter(CleanEvent event, RejectionCode code, String detail, List<Header> more) {
    deadLetters.deadLetter(
        new RecordPosition(cleanTopic, context.taskId().partition(), event.offset()),
        new Record<>(event.key(), event.value(), event.timeMillis(), event.headers()),
        code,
        detail,
        more);
  }

  private static String tooLarge(CleanEvent event, Record<byte[], byte[]> prediction) {
    return "the prediction would take %d bytes, but at most %d are written; the event has %d and its key %d, and a prediction repeats the event's id, its key, its slices and its text inputs: shorten them at the producer"
        .formatted(
            StreamsRecordSize.of(prediction),
            RecordSize.MAX_BYTES,
            event.value().length,
            event.key().length);
  }
}
