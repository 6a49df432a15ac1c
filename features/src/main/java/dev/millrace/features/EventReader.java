package dev.millrace.features;

import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.deadletter.DeadLetter;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.WireHeaders;
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
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a source's events once and makes of each one {@link ViewEvent} for every view over the
 * source. A record that cannot be decoded becomes one {@link Unreadable}. While the registry is
 * away it waits: an outage makes no dead letters.
 */
final class EventReader implements KafkaRecordDeserializationSchema<Incoming> {
  private static final long serialVersionUID = 1L;
  private static final String STAGE = "features";

  private final Source source;
  private final List<FeatureView> views;
  private final String cleanTopic;
  private final Registries registries;
  private transient @Nullable Running running;

  /** What exists only where the job runs. */
  private record Running(AvroDecoder decoder, List<View> views, Counter unreadable) {}

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
        new Running(
            new AvroDecoder(registries.connect(), cleanTopic, source.schema()),
            opened,
            context.getMetricGroup().counter("deadLetters"));
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> message, Collector<Incoming> out) {
    boolean late = !message.topic().equals(cleanTopic);
    if (late && !isOfSource(message.headers())) {
      return;
    }
    Running here = Objects.requireNonNull(running, "not opened");
    Decoded decoded = here.decoder.decode(message.value());
    if (decoded instanceof Decoded.Value value) {
      read(here, message, value.record(), late, out);
    } else if (decoded instanceof Decoded.Rejected rejected) {
      reject(here, message, rejected.code(), rejected.detail(), out);
    }
  }

  private void read(
      Running here,
      ConsumerRecord<byte[], byte[]> message,
      GenericRecord event,
      boolean late,
      Collector<Incoming> out) {
    Object id = Fields.value(event, source.id());
    Object at = Fields.value(event, source.time());
    if (id == null) {
      reject(here, message, RejectionCode.ID_MISSING, "field " + source.id() + " is null", out);
      return;
    }
    if (!(at instanceof Instant instant)) {
      String detail = "field " + source.time() + " is no time";
      reject(here, message, RejectionCode.TIMESTAMP_INVALID, detail, out);
      return;
    }
    long time = instant.toEpochMilli();
    long clock = WireHeaders.eventClock(message.headers(), time);
    int arrival = WireHeaders.arrival(message.headers(), message.partition());
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
              id.toString(),
              time,
              clock,
              arrival,
              late,
              message.partition(),
              message.offset(),
              view.plan.values(event)));
    }
  }

  private static void reject(
      Running here,
      ConsumerRecord<byte[], byte[]> message,
      RejectionCode code,
      String detail,
      Collector<Incoming> out) {
    here.unreadable.inc();
    out.collect(new Unreadable(DeadLetter.of(STAGE, message, code, detail), message.timestamp()));
  }

  private boolean isOfSource(Headers headers) {
    return source.name().equals(WireHeaders.text(headers, WireHeaders.SOURCE));
  }

  @Override
  public TypeInformation<Incoming> getProducedType() {
    return IncomingSerializer.TYPE;
  }
}
