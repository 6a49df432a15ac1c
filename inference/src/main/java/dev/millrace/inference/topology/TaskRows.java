package dev.millrace.inference.topology;

import dev.millrace.inference.repartition.LookupRows;
import dev.millrace.inference.repartition.RepartitionedRows;
import dev.millrace.inference.rows.NewestRows;
import dev.millrace.inference.rows.StoredFeatures;
import dev.millrace.inference.rows.VectorRows;
import dev.millrace.inference.rows.ViewStore;
import dev.millrace.inference.waiting.EventFields;
import dev.millrace.inference.waiting.StoredRows;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.pipeline.Lookup;
import dev.millrace.schemas.pipeline.Pipeline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.jspecify.annotations.Nullable;

/** The rows that one task can read: those of its partition and the replicated ones. */
final class TaskRows {
  private final TopologyInputs inputs;
  private final ProcessorContext<byte[], byte[]> context;
  private final Map<String, ViewStore> views = new HashMap<>();
  private final Map<String, NewestRows> stores = new HashMap<>();
  private final Map<String, InputReader> readers = new HashMap<>();
  private final List<VectorRows> ofVectors = new ArrayList<>();

  TaskRows(
      TopologyInputs inputs,
      ProcessorContext<byte[], byte[]> context,
      DeadLetterOutput deadLetters) {
    this.inputs = inputs;
    this.context = context;
    for (ViewStore view : ViewStore.of(inputs.pipeline())) {
      views.put(view.name(), view);
      if (!view.isRepartitioned()) {
        open(view, deadLetters);
      }
    }
  }

  private void open(ViewStore view, DeadLetterOutput deadLetters) {
    AvroDecoder decoder = inputs.codecs().rowDecoder(view);
    NewestRows newest = new NewestRows(context.getStateStore(view.store()), decoder);
    stores.put(view.name(), newest);
    RecordDecoder rows = new RecordDecoder(decoder, deadLetters);
    readers.put(view.topic(), new RowReader(rows, newest, deadLetters));
    if (view.isFedByVectors()) {
      ofVectors.add(inputs.codecs().vectorRows(view, newest));
    }
  }

  /** The readers of the feature topics, by topic. */
  Map<String, InputReader> readers() {
    return readers;
  }

  /** What keeps the rows that vectors hold. */
  List<VectorRows> ofVectors() {
    return ofVectors;
  }

  /** The rows of events without a vector, when this task can read all of them. */
  StoredRows stored() {
    List<Lookup> lookups = List.copyOf(inputs.pipeline().lookups().values());
    StoredFeatures features =
        new StoredFeatures(
            lookups,
            lookups.stream()
                .map(lookup -> Objects.requireNonNull(stores.get(lookup.view().name())))
                .toList());
    return (event, nowMillis) ->
        new StoredRows.Found(features.find(event.fields(), event.timeMillis()), true);
  }

  /**
   * The rows of events without a vector, when other partitions keep some of them; null if none
   * does.
   */
  @Nullable RepartitionedRows repartitioned(EventFields fields) {
    Pipeline pipeline = inputs.pipeline();
    if (!pipeline.hasRepartitionedViews()) {
      return null;
    }
    List<LookupRows> lookups = new ArrayList<>();
    for (Lookup lookup : pipeline.lookups().values()) {
      ViewStore view = Objects.requireNonNull(views.get(lookup.view().name()));
      lookups.add(
          new LookupRows(
              lookup, view.topic(), stores.get(view.name()), inputs.codecs().rowDecoder(view)));
    }
    return new RepartitionedRows(
        context.taskId().partition(),
        lookups,
        fields,
        context.getStateStore(NodeName.ASKED_EVENTS),
        new QuestionOutput(
            inputs.codecs().questionEncoder(), context, inputs.metrics().repartition()),
        context.currentSystemTimeMs());
  }
}
