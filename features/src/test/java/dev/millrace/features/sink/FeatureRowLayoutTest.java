package dev.millrace.features.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.Cards;
import dev.millrace.features.operator.FeatureRow;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.WireHeaders;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FeatureRowLayoutTest {
  private final FeatureRowLayout layout =
      new FeatureRowLayout(PipelineSchemas.featureRow(Cards.PIPELINE, Cards.view("shop")));

  private static FeatureRow row(boolean late) {
    return new FeatureRow("bakery", 1234, late, "p1", 2, 77, new @Nullable Object[] {3L});
  }

  private Headers headers(FeatureRow row) {
    Headers headers = new RecordHeaders();
    layout.addHeaders(row, headers);
    return headers;
  }

  @Test
  void aRowHasItsEntityAndTheReferenceToItsEvent() {
    assertThat(layout.key(row(false))).isEqualTo("bakery");
    assertThat(Cards.decoded(Cards.view("shop"), row(false)))
        .hasToString(
            "{\"entity\": \"bakery\", \"event\": {\"event_id\": \"p1\", \"event_time\": 1234, \"partition\": 2, \"offset\": 77}, \"features\": {\"count_1h\": 3}}");
  }

  @Test
  void headersHaveTheEventTimeAndWhetherTheEventWasLate() {
    assertThat(WireHeaders.rowTime(headers(row(false)), -1)).isEqualTo(1234);
    assertThat(WireHeaders.isTrue(headers(row(false)), WireHeaders.LATE)).isFalse();
    assertThat(WireHeaders.isTrue(headers(row(true)), WireHeaders.LATE)).isTrue();
  }

  /** Retention and compaction follow the time of writing. */
  @Test
  void theTimestampIsTheTimeOfWriting() {
    assertThat(layout.timestamp(row(false))).isNull();
  }

  @Test
  void aTombstoneHasATimeAndANullValue() {
    FeatureRow tombstone = new FeatureRow("bakery", 99, false, null, 0, 0, new @Nullable Object[0]);
    assertThat(layout.value(tombstone)).isNull();
    assertThat(WireHeaders.rowTime(headers(tombstone), -1)).isEqualTo(99);
  }
}
