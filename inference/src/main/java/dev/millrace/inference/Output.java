package dev.millrace.inference;

import dev.millrace.inference.Predictor.Answer;
import dev.millrace.schemas.avro.WaitResult;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.deadletter.RecordSize;
import dev.millrace.schemas.streams.records.DeadLetters;
import dev.millrace.schemas.streams.records.RecordPosition;
import dev.millrace.schemas.topics.WireHeaders;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** Writes what becomes of events and rows: predictions and dead letters. */
final class Output implements AutoCloseable {
  private static final DeadLetters DEAD_LETTERS = new DeadLetters("inference");

  private final ScoringPlan plan;
  private final ProcessorContext<byte[], byte[]> context;
  private final int partition;
  private final AvroEncoder encoder;
  private final Predictor predictor;

  Output(ScoringPlan plan, ProcessorContext<byte[], byte[]> context) {
    this.plan = plan;
    this.context = context;
    this.partition = context.taskId().partition();
    this.encoder = plan.encoder();
    this.predictor = plan.predictor();
  }

  /**
   * Answers an event with its prediction, or with a dead letter if there can be none.
   *
   * @param rows by the index of their view; null: there is none
   * @param waits by the index of their view
   * @param now wall clock, epoch millis
   */
  void answer(Event event, @Nullable Row[] rows, WaitResult[] waits, long now) {
    Answer answer = predictor.predict(event, partition, rows, waits, now);
    if (answer instanceof Answer.Refused refused) {
      context.forward(
          letter(event, RejectionCode.MODEL_OUTPUT, refused.detail(), List.of(refused.inputs())),
          ScoringPlan.DEAD_LETTERS);
    } else if (answer instanceof Answer.Predicted predicted) {
      byte[] value = encoder.encode(predicted.prediction());
      Headers headers = headers(event);
      if (RecordSize.fits(event.key, value, headers)) {
        context.forward(
            new Record<>(event.key, value, event.time, headers), ScoringPlan.PREDICTIONS);
      } else {
        context.forward(
            letter(event, RejectionCode.TOO_LARGE, tooLarge(event, value, headers), List.of()),
            ScoringPlan.DEAD_LETTERS);
      }
    }
  }

  /** The event's clock and whose it is: jobs that join predictions and events need both. */
  private static Headers headers(Event event) {
    Headers headers = new RecordHeaders();
    for (String name : List.of(WireHeaders.EVENT_CLOCK, WireHeaders.ARRIVAL)) {
      Header header = event.headers.lastHeader(name);
      if (header != null) {
        headers.add(header);
      }
    }
    return headers;
  }

  private static String tooLarge(Event event, byte[] value, Headers headers) {
    return "the prediction would take %d bytes, but at most %d are written; the event has %d and its key %d, and a prediction repeats the event's id, its key, its slices and its text inputs: shorten them at the producer"
        .formatted(
            RecordSize.of(event.key, value, headers),
            RecordSize.MAX_BYTES,
            event.value.length,
            event.key.length);
  }

  private Record<byte[], byte[]> letter(
      Event event, RejectionCode code, String detail, List<Header> more) {
    return letter(
        new Record<>(event.key, event.value, event.time, event.headers),
        plan.cleanOrigin(partition, event.offset),
        code,
        detail,
        more);
  }

  void deadLetter(
      Record<byte[], byte[]> record, RecordPosition origin, RejectionCode code, String detail) {
    context.forward(letter(record, origin, code, detail, List.of()), ScoringPlan.DEAD_LETTERS);
  }

  private Record<byte[], byte[]> letter(
      Record<byte[], byte[]> record,
      RecordPosition origin,
      RejectionCode code,
      String detail,
      List<Header> more) {
    plan.metrics().deadLetter(code);
    return DEAD_LETTERS.of(origin, record, code, detail, more);
  }

  @Override
  public void close() {
    predictor.close();
  }
}
