package dev.millrace.features.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.Cards;
import dev.millrace.features.source.Question.Part;
import dev.millrace.features.source.Question.Values;
import dev.millrace.features.view.LookupUse;
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
import java.util.Objects;
import org.apache.avro.generic.GenericData;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.serialization.DeserializationSchema.InitializationContext;
import org.apache.flink.api.common.typeutils.TypeSerializer;
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
class EventExtractorTest {
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
                new EventExtractor(Cards.PIPELINE, PAYMENTS, LookupUse.of(Cards.PIPELINE))));
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

  private List<Question> questions() {
    var questions = extractor.getSideOutput(EventExtractor.QUESTIONS);
    return questions == null ? List.of() : questions.stream().map(StreamRecord::getValue).toList();
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

  /** It belongs to the entities that it asks about, so it travels with its question. */
  @Test
  void aScoredEventIsAQuestion() throws Exception {
    read(message(CLEAN, payment("bakery", 150.0)));

    assertThat(events()).isEmpty();
    assertThat(questions()).hasSize(1);
    Question question = questions().get(0);
    assertThat(question.eventId()).isEqualTo("p1");
    assertThat(question.timeMillis()).isEqualTo(1234);
    assertThat(question.partition()).isEqualTo(2);
    assertThat(question.offset()).isEqualTo(77);
    assertThat(question.key()).isEqualTo("c1");
    assertThat(question.entities()).containsExactly("c1", "bakery", "bakery");
    assertThat(own(question, 0)).containsExactly(150.0, true, "bakery");
    assertThat(own(question, 1)).containsExactly(true);
    assertThat(question.own()[2]).as("of another source").isNull();
    assertThat(question.parts()).containsOnlyNulls();
    assertThat(question.complete()).isTrue();
  }

  private static @Nullable Object[] own(Question question, int lookup) {
    return Objects.requireNonNull(question.own()[lookup]).slots();
  }

  @Test
  void filtersAndNullsDoNotCount() throws Exception {
    read(message(CLEAN, payment("bakery", 50.0)));
    read(message(CLEAN, payment("bakery", null)));

    assertThat(own(questions().get(0), 0)).containsExactly(50.0, null, "bakery");
    assertThat(own(questions().get(1), 0)).containsExactly(null, null, "bakery");
  }

  @Test
  void anEventWithoutTheEntityAsksWithoutIt() throws Exception {
    read(message(CLEAN, payment(null, 50.0)));

    assertThat(questions().get(0).entities()).containsExactly("c1", null, null);
    assertThat(questions().get(0).routing(1)).isEqualTo("p1");
    assertThat(events()).isEmpty();
    assertThat(deadLetters()).isEmpty();
  }

  @Test
  void lateEventsOfThisSourceAreEventsAndAskNothing() throws Exception {
    ConsumerRecord<byte[], byte[]> mine = message(LATE, payment("bakery", 1.0));
    mine.headers().add(WireHeaders.SOURCE, "payments".getBytes(UTF_8));
    ConsumerRecord<byte[], byte[]> other = message(LATE, new byte[] {1, 2});
    other.headers().add(WireHeaders.SOURCE, "visits".getBytes(UTF_8));
    read(other);
    read(mine);

    assertThat(questions()).isEmpty();
    assertThat(events()).extracting(ViewEvent::lookup).containsExactly(0, 1);
    assertThat(events()).extracting(ViewEvent::entity).containsExactly("c1", "bakery");
    assertThat(events())
        .extracting(ViewEvent::order)
        .containsOnly(EventOrder.of(2, 77, true))
        .allMatch(order -> order > EventOrder.of(3, 1L << 40, false));
    assertThat(events().get(0).values()).containsExactly(1.0, null, "bakery");
    assertThat(deadLetters()).isEmpty();
  }

  @Test
  void ignoresALateEventWithoutASourceName() throws Exception {
    ConsumerRecord<byte[], byte[]> nameless = message(LATE, payment("bakery", 1.0));
    nameless.headers().add(WireHeaders.SOURCE, null);
    read(nameless);

    assertThat(events()).isEmpty();
    assertThat(questions()).isEmpty();
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

    assertThat(questions()).hasSize(2);
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

  private static final @Nullable Object[] EVERY_TYPE = {null, 1L, 2.5, "x", true, false};

  @Test
  void anEventIsSerializedWithAllItsFields() throws Exception {
    ViewEvent event = new ViewEvent(40_000, "ä", -5, 1L << 62, EVERY_TYPE);
    assertThat(copy(ViewEventSerializer.INSTANCE, event))
        .usingRecursiveComparison()
        .isEqualTo(event);
  }

  @Test
  void aQuestionIsSerializedWithAllItsFields() throws Exception {
    Question question =
        new Question(
            "",
            -5,
            3,
            1L << 40,
            "ä",
            new @Nullable String[] {"a", null},
            new @Nullable Values[] {null, new Values(EVERY_TYPE)},
            new @Nullable Part[] {new Part(7, EVERY_TYPE), null},
            false);
    assertThat(copy(QuestionSerializer.INSTANCE, question))
        .usingRecursiveComparison()
        .isEqualTo(question);
  }

  private static <T> T copy(TypeSerializer<T> serializer, T value) throws Exception {
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(value, out);
    return serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
  }

  private static final class Context implements InitializationContext {
    @Override
    public MetricGroup getMetricGroup() {
      return new UnregisteredMetricsGroup();
    }

    @Override
    public UserCodeClassLoader getUserCodeClassLoader() {
      return SimpleUserCodeClassLoader.create(EventExtractorTest.class.getClassLoader());
    }
  }
}
