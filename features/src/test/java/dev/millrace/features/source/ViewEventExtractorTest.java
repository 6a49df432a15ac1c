package dev.millrace.features.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.Cards;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.flink.source.RecordReader;
import dev.millrace.schemas.flink.source.RecordTopic;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.Topics;
import dev.millrace.schemas.topics.WireHeaders;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.generic.GenericData;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.serialization.DeserializationSchema.InitializationContext;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Extracts events of views from the records of a source's topics. */
class ViewEventExtractorTest {
  private static final Source PAYMENTS = Cards.PIPELINE.source("payments");
  private static final String CLEAN = Topics.clean(Cards.PIPELINE, "payments");
  private static final String LATE = Topics.late(Cards.PIPELINE);

  private final List<IncomingRecord> read = new ArrayList<>();
  private final RecordReader cleanReader =
      reader(RecordTopic.clean(Cards.PIPELINE, PAYMENTS, EventCheck.of(PAYMENTS)));
  private final RecordReader lateReader =
      reader(RecordTopic.late(Cards.PIPELINE, PAYMENTS, EventCheck.of(PAYMENTS)).orElseThrow());

  @SuppressWarnings("NullAway.Init")
  private OneInputStreamOperatorTestHarness<IncomingRecord, ViewEvent> extractor;

  @BeforeEach
  void open() throws Exception {
    extractor =
        new OneInputStreamOperatorTestHarness<>(
            new ProcessOperator<>(
                new ViewEventExtractor(
                    "cards", PAYMENTS, List.of(Cards.view("card"), Cards.view("shop")))));
    extractor.open();
  }

  @AfterEach
  void close() throws Exception {
    extractor.close();
  }

  private static RecordReader reader(RecordTopic topic) {
    RecordReader opened = new RecordReader("features", "cards", topic, () -> Cards.REGISTRY);
    opened.open(new Context());
    return opened;
  }

  private void read(ConsumerRecord<byte[], byte[]> message) throws Exception {
    int before = read.size();
    (message.topic().equals(LATE) ? lateReader : cleanReader)
        .deserialize(message, new ListCollector<>(read));
    for (IncomingRecord record : read.subList(before, read.size())) {
      extractor.processElement(record, record.eventTimeMillis());
    }
  }

  private List<ViewEvent> events() {
    return extractor.extractOutputValues();
  }

  private List<DeadLetterRecord> deadLetters() {
    var letters = extractor.getSideOutput(DeadLetterRecord.OUTPUT);
    return letters == null ? List.of() : letters.stream().map(StreamRecord::getValue).toList();
  }

  private static List<String> headers(DeadLetterRecord letter) {
    return letter.headers().stream()
        .filter(header -> header.value() != null)
        .map(header -> header.name() + "=" + new String(header.value(), UTF_8))
        .toList();
  }

  private static GenericData.Record payment(@Nullable String shop, @Nullable Double amount) {
    GenericData.Record payment = new GenericData.Record(PAYMENTS.schema());
    payment.put("payment_id", "p1");
    payment.put("card", "c1");
    payment.put("shop", shop);
    payment.put("paid_at", 1234L);
    payment.put("amount", amount);
    return payment;
  }

  private static ConsumerRecord<byte[], byte[]> message(String topic, GenericData.Record event) {
    return message(
        topic, AvroEncoder.forTopic(Cards.REGISTRY, CLEAN, PAYMENTS.schema()).encode(event));
  }

  private static ConsumerRecord<byte[], byte[]> message(String topic, byte[] value) {
    return new ConsumerRecord<>(topic, 2, 77, new byte[0], value);
  }

  @Test
  void anEventIsExtractedOnceForEveryView() throws Exception {
    read(message(CLEAN, payment("bakery", 150.0)));

    assertThat(read).hasSize(1);
    assertThat(events()).extracting(ViewEvent::view).containsExactly(0, 1);
    assertThat(events()).extracting(ViewEvent::entity).containsExactly("c1", "bakery");
    ViewEvent event = events().get(0);
    assertThat(event.eventId()).isEqualTo("p1");
    assertThat(event.timeMillis()).isEqualTo(1234);
    assertThat(event.late()).isFalse();
    assertThat(event.partition()).isEqualTo(2);
    assertThat(event.offset()).isEqualTo(77);
    assertThat(event.values()).containsExactly(150.0, true, "bakery");
  }

  @Test
  void filtersAndNullsDoNotCount() throws Exception {
    read(message(CLEAN, payment("bakery", 50.0)));
    read(message(CLEAN, payment("bakery", null)));

    assertThat(events().get(0).values()).containsExactly(50.0, null, "bakery");
    assertThat(events().get(2).values()).containsExactly(null, null, "bakery");
  }

  @Test
  void anEventWithoutTheEntityMakesNoRow() throws Exception {
    read(message(CLEAN, payment(null, 50.0)));

    assertThat(events()).extracting(ViewEvent::entity).containsExactly("c1");
    assertThat(deadLetters()).isEmpty();
  }

  @Test
  void readsLateEventsOfThisSource() throws Exception {
    ConsumerRecord<byte[], byte[]> mine = message(LATE, payment("bakery", 1.0));
    mine.headers().add(WireHeaders.SOURCE, "payments".getBytes(UTF_8));
    ConsumerRecord<byte[], byte[]> other = message(LATE, new byte[] {1, 2});
    other.headers().add(WireHeaders.SOURCE, "visits".getBytes(UTF_8));
    read(other);
    read(mine);

    assertThat(events()).extracting(ViewEvent::late).containsExactly(true, true);
    assertThat(deadLetters()).isEmpty();
  }

  @Test
  void ignoresALateEventWithoutASourceName() throws Exception {
    ConsumerRecord<byte[], byte[]> nameless = message(LATE, payment("bakery", 1.0));
    nameless.headers().add(WireHeaders.SOURCE, null);
    read(nameless);

    assertThat(events()).isEmpty();
    assertThat(deadLetters()).isEmpty();
  }

  /** The record lies between valid ones. */
  @Test
  void writesADeadLetterForAnUndecodableRecordAndReadsTheNextOne() throws Exception {
    byte[] broken = {9, 9, 9, 9, 9, 9};
    ConsumerRecord<byte[], byte[]> message = message(CLEAN, broken);
    message.headers().add("trace", new byte[] {1});
    read(message(CLEAN, payment("bakery", 1.0)));
    read(message);
    read(message(CLEAN, payment("bakery", 2.0)));

    assertThat(events()).hasSize(4);
    assertThat(deadLetters()).hasSize(1);
    assertThat(deadLetters().get(0).value()).isEqualTo(broken);
    assertThat(headers(deadLetters().get(0)))
        .contains(
            "trace=\u0001",
            "millrace.error.stage=features",
            "millrace.error.code=BAD_MAGIC",
            "__streams.errors.topic=millrace.cards.payments",
            "__streams.errors.partition=2",
            "__streams.errors.offset=77");
  }

  @Test
  void rejectsAnEventWithoutAnIdOrATime() {
    GenericData.Record payment = payment("bakery", 1.0);
    EventCheck check = EventCheck.of(PAYMENTS);
    assertThat(check.check(payment)).isNull();
    assertThat(new EventCheck("shop", "card").check(payment))
        .hasToString("Rejected[code=TIMESTAMP_INVALID, detail=field card is not a timestamp]");
    payment.put("payment_id", null);
    assertThat(check.check(payment))
        .hasToString("Rejected[code=ID_MISSING, detail=field payment_id is null]");
  }

  @Test
  void anEventIsSerializedWithAllItsFields() throws Exception {
    ViewEvent event =
        new ViewEvent(
            1,
            "ä",
            "",
            -5,
            true,
            3,
            1L << 40,
            new @Nullable Object[] {null, 1L, 2.5, "x", true, false});
    DataOutputSerializer out = new DataOutputSerializer(64);
    ViewEventSerializer.INSTANCE.serialize(event, out);
    ViewEvent copy =
        ViewEventSerializer.INSTANCE.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
    assertThat(copy).usingRecursiveComparison().isEqualTo(event);
  }

  private static final class Context implements InitializationContext {
    @Override
    public MetricGroup getMetricGroup() {
      return new UnregisteredMetricsGroup();
    }

    @Override
    public UserCodeClassLoader getUserCodeClassLoader() {
      return SimpleUserCodeClassLoader.create(ViewEventExtractorTest.class.getClassLoader());
    }
  }
}
