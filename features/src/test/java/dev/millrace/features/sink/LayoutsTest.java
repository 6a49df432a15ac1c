package dev.millrace.features.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.Cards;
import dev.millrace.features.operator.FeedRow;
import dev.millrace.features.source.Question;
import dev.millrace.features.source.Question.Part;
import dev.millrace.features.source.Question.Values;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.WireHeaders;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LayoutsTest {
  private final FeedRowLayout rows =
      new FeedRowLayout(PipelineSchemas.entityRow(Cards.PIPELINE, Cards.view("shop")));
  private final VectorLayout vectors = new VectorLayout(PipelineSchemas.vector(Cards.PIPELINE));

  private static final FeedRow ROW =
      new FeedRow("bakery", 1234, 5, 1200, new @Nullable Object[] {3L});
  private static final Question QUESTION =
      new Question(
          "p1",
          1234,
          2,
          77,
          "c1",
          new @Nullable String[] {"c1", "bakery", "bakery"},
          new @Nullable Values[3],
          new @Nullable Part[] {null, new Part(1200, new @Nullable Object[] {3L}), null},
          false);

  @Test
  void aRowHasItsEntityAndTheTimeThatItIsAsOf() {
    assertThat(rows.key(ROW)).isEqualTo("bakery");
    assertThat(rows.partition(ROW)).isNull();
    assertThat(Cards.decoded(Cards.view("shop"), ROW))
        .hasToString(
            "{\"entity\": \"bakery\", \"as_of\": 1234, \"sequence\": 5, \"newest\": 1200, \"features\": {\"count_1h\": 3}}");
    Headers headers = new RecordHeaders();
    rows.addHeaders(ROW, headers);
    assertThat(WireHeaders.rowTime(headers, -1)).isEqualTo(1234);
  }

  @Test
  void aTombstoneHasATimeAndANullValue() {
    FeedRow tombstone = new FeedRow("bakery", 99, 6, 1200, null);
    assertThat(rows.value(tombstone)).isNull();
    Headers headers = new RecordHeaders();
    rows.addHeaders(tombstone, headers);
    assertThat(WireHeaders.rowTime(headers, -1)).isEqualTo(99);
  }

  @Test
  void aVectorHasThePartitionAndKeyOfItsEvent() {
    assertThat(vectors.key(QUESTION)).isEqualTo("c1");
    assertThat(vectors.partition(QUESTION)).isEqualTo(2);
    assertThat(Cards.decoded(QUESTION))
        .hasToString(
            "{\"event\": {\"event_id\": \"p1\", \"event_time\": 1234, \"partition\": 2, \"offset\": 77}, \"complete\": false, \"lookups\": {\"card\": null, \"shop\": {\"newest\": 1200, \"features\": {\"count_1h\": 3}}, \"visitors\": null}}");
    Headers headers = new RecordHeaders();
    vectors.addHeaders(QUESTION, headers);
    assertThat(WireHeaders.rowTime(headers, -1)).isEqualTo(1234);
  }

  /** Retention and compaction follow the time of writing. */
  @Test
  void theTimestampIsTheTimeOfWriting() {
    assertThat(rows.timestamp(ROW)).isNull();
    assertThat(vectors.timestamp(QUESTION)).isNull();
  }
}
