package dev.millrace.ingest.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.ingest.check.CheckedEvent.Rejected;
import dev.millrace.ingest.check.CheckedEvent.Valid;
import dev.millrace.ingest.topology.ShopPayments;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.pipeline.EventLimits;
import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.pipeline.Source;
import java.time.Instant;
import java.util.List;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventCheckTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final Source SOURCE = ShopPayments.pipeline(1, LatePolicy.TOPIC).scored();
  private static final EventCheck CHECK = new EventCheck(SOURCE, List.of("card"), () -> NOON);

  /** Rows of the entity would not fit into a record. */
  @Test
  void aFieldThatNamesAnEntityIsLimited() {
    CheckedEvent checked = check("x".repeat(EventLimits.MAX_ID_BYTES + 1));

    assertThat(checked).isInstanceOf(Rejected.class);
    Rejected rejected = (Rejected) checked;
    assertThat(rejected.code()).isEqualTo(RejectionCode.KEY_TOO_LONG);
    assertThat(rejected.detail())
        .contains("field card has 1025 bytes, but as the entity of source payments it may have");
  }

  @Test
  void itMayBeMissing() {
    assertThat(check(null)).isInstanceOf(Valid.class);
    assertThat(check("x".repeat(EventLimits.MAX_ID_BYTES))).isInstanceOf(Valid.class);
  }

  private static CheckedEvent check(@Nullable String card) {
    GenericRecord event =
        new GenericRecordBuilder(SOURCE.schema())
            .set("payment_id", "p")
            .set("account", "a")
            .set("at", NOON.toEpochMilli())
            .set("amount", 5.0)
            .set("card", card)
            .set(
                "kind",
                new GenericData.EnumSymbol(SOURCE.schema().getField("kind").schema(), "SHOP"))
            .build();
    return CHECK.check(new Decoded.Value(event));
  }
}
