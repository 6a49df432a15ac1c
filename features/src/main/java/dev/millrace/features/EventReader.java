package dev.millrace.features;

import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.Topics;
import dev.millrace.schemas.wire.AvroDecoder;
import dev.millrace.schemas.wire.Decoded;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.serialization.DeserializationSchema.InitializationContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a source's events once and makes of each one {@link ViewEvent} for every view over the
 * source. While the registry is away it waits. Ingest has accepted every event that it reads, so
 * one that cannot be decoded is no dead letter but a fault, and fails the job.
 */
final class EventReader implements KafkaRecordDeserializationSchema<ViewEvent> {
  private static final long serialVersionUID = 1L;

  private final Source source;
  private final List<FeatureView> views;
  private final String cleanTopic;
  private final Registries registries;
  private transient @Nullable Running running;

  /** What exists only where the job runs. */
  private record Running(AvroDecoder decoder, List<View> views) {}

  private record View(int index, String entity, ViewPlan plan, Counter withoutEntity) {}

  /**
   * @param cleanTopic under whose subject late events are encoded, too
   */
  EventReader(Source source, List<FeatureView> views, String cleanTopic, Registries registries) {
    this.source = source;
    this.views = List.copyOf(views);
    this.cleanTopic = cleanTopic;
    this.registries = registries;
  }

  @Override
  public void open(InitializationContext context) {
    List<View> opened =
        views.stream()
            .map(
                view ->
                    new View(
                        views.indexOf(view),
                        view.entity(),
                        new ViewPlan(view),
                        context
                            .getMetricGroup()
                            .addGroup("view", view.name())
                            .counter("eventsWithoutEntity")))
            .toList();
    running =
        new Running(new AvroDecoder(registries.connect(), cleanTopic, source.schema()), opened);
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> message, Collector<ViewEvent> out) {
    boolean late = !message.topic().equals(cleanTopic);
    if (late && !isOfSource(message.headers().lastHeader(Topics.SOURCE_HEADER))) {
      return;
    }
    Running here = Objects.requireNonNull(running, "not opened");
    GenericRecord event = decode(here.decoder, message);
    String id = String.valueOf(required(message, event, source.id()));
    long time = ((Instant) required(message, event, source.time())).toEpochMilli();
    for (View view : here.views) {
      Object entity = Fields.value(event, view.entity);
      if (entity == null) {
        view.withoutEntity.inc();
        continue;
      }
      out.collect(
          new ViewEvent(
              view.index,
              entity.toString(),
              id,
              time,
              late,
              message.partition(),
              message.offset(),
              view.plan.values(event)));
    }
  }

  private GenericRecord decode(AvroDecoder decoder, ConsumerRecord<byte[], byte[]> message) {
    Decoded decoded = decoder.decode(message.value());
    if (decoded instanceof Decoded.Rejected rejected) {
      throw fault(message, rejected.code() + ": " + rejected.detail());
    }
    return ((Decoded.Value) decoded).record();
  }

  private boolean isOfSource(@Nullable Header header) {
    return header != null
        && new String(header.value(), StandardCharsets.UTF_8).equals(source.name());
  }

  private Object required(ConsumerRecord<?, ?> message, GenericRecord event, String field) {
    Object value = Fields.value(event, field);
    if (value == null) {
      throw fault(message, "field " + field + " is null");
    }
    return value;
  }

  private IllegalStateException fault(ConsumerRecord<?, ?> message, String problem) {
    return new IllegalStateException(
        "Cannot read %s partition %d offset %d of source %s (%s). Only ingest may write to this topic; if the registry lost its schemas, register them again and the job goes on."
            .formatted(
                message.topic(), message.partition(), message.offset(), source.name(), problem));
  }

  @Override
  public TypeInformation<ViewEvent> getProducedType() {
    return ViewEventType.INSTANCE;
  }
}
