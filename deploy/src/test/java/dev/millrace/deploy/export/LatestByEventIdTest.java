package dev.millrace.deploy.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class LatestByEventIdTest {
  private static final Schema OUTCOME =
      SchemaBuilder.record("Outcome")
          .namespace("shop")
          .fields()
          .requiredString("event_id")
          .requiredDouble("label")
          .endRecord();

  private static final Schema ALERT =
      SchemaBuilder.record("Alert").fields().requiredString("key").endRecord();

  /** A drift job that is started without state writes all outcomes again. */
  @Test
  void theNewestRecordOfARepeatedIdIsWritten() {
    List<GenericRecord> topic =
        List.of(
            outcome("a", 0), outcome("b", 1), outcome("a", 1), outcome("c", 0), outcome("b", 1));
    LatestByEventId newest = new LatestByEventId();

    for (int offset = 0; offset < topic.size(); offset++) {
      newest.add(at(offset), topic.get(offset));
    }

    Predicate<Integer> written = offset -> newest.isNewest(at(offset), topic.get(offset));
    assertThat(IntStream.range(0, topic.size()).boxed().filter(written)).containsExactly(2, 3, 4);
    assertThat(newest.repeated()).isEqualTo(2);
  }

  /** They are not among the records that were committed at the start of the export. */
  @Test
  void recordsPublishedAfterTheStartAreNotWritten() {
    LatestByEventId newest = new LatestByEventId();
    newest.add(at(0), outcome("a", 0));

    assertThat(newest.isNewest(at(1), outcome("a", 0))).isFalse();
    assertThat(newest.isNewest(at(2), outcome("b", 0))).isFalse();
  }

  /** Records of producers' topics may have the same id, even in a field named event_id. */
  @Test
  void recordsOfProducersAreAllWritten() {
    assertThat(LatestByEventId.ids("clicks", OUTCOME)).isEmpty();
    assertThat(LatestByEventId.ids("millrace.shop.clicks", OUTCOME)).isEmpty();
  }

  @Test
  void onlyRecordsOfEventsHaveIds() {
    assertThat(LatestByEventId.ids("millrace.shop.outcomes", ALERT)).isEmpty();
    assertThat(LatestByEventId.ids("millrace.shop.outcomes", OUTCOME))
        .hasValueSatisfying(
            ids -> {
              assertThat(ids.getFullName()).isEqualTo("shop.Outcome");
              assertThat(ids.getFields()).hasSize(1);
            });
  }

  private static ConsumerRecord<byte[], byte[]> at(long offset) {
    return new ConsumerRecord<>("outcomes", 0, offset, new byte[0], new byte[0]);
  }

  private static GenericRecord outcome(String id, double label) {
    return new GenericRecordBuilder(OUTCOME).set("event_id", id).set("label", label).build();
  }
}
