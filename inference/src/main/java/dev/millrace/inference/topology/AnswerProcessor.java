package dev.millrace.inference.topology;

import dev.millrace.inference.repartition.RowAnswerer;
import dev.millrace.inference.rows.NewestRows;
import dev.millrace.inference.rows.ViewStore;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.streams.records.RecordPosition;
import dev.millrace.schemas.topics.Topics;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the newest row of every entity of a partition, of the repartitioned views, and answers
 * questions about them. It keeps nothing of a question: a repeated one is answered again.
 */
final class AnswerProcessor implements Processor<byte[], byte[], byte[], byte[]> {
  private final TopologyInputs inputs;
  private final Map<String, InputReader> readers = new HashMap<>();
  private @Nullable ProcessorContext<byte[], byte[]> context;

  AnswerProcessor(TopologyInputs inputs) {
    this.inputs = inputs;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> started) {
    context = started;
    Codecs codecs = inputs.codecs();
    DeadLetterOutput output =
        new DeadLetterOutput(started, inputs.metrics(), NodeName.ANSWER_DEAD_LETTERS);
    Map<String, NewestRows> stores = new HashMap<>();
    for (ViewStore view : ViewStore.of(inputs.pipeline())) {
      if (view.isRepartitioned()) {
        AvroDecoder decoder = codecs.rowDecoder(view);
        NewestRows newest = new NewestRows(started.getStateStore(view.store()), decoder);
        stores.put(view.topic(), newest);
        readers.put(
            view.topic(), new RowReader(new RecordDecoder(decoder, output), newest, output));
      }
    }
    readers.put(
        Topics.rowQuestions(inputs.pipeline()),
        new QuestionReader(
            new RecordDecoder(codecs.questionDecoder(), output),
            new RowAnswerer(stores),
            codecs.answerEncoder(),
            started,
            output));
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    if (context == null) {
      throw new IllegalStateException("init was not called");
    }
    RecordPosition position = RecordPosition.of(context.recordMetadata().orElseThrow());
    Objects.requireNonNull(readers.get(position.topic()), position.topic())
        .read(record, position, context.currentSystemTimeMs());
  }
}
