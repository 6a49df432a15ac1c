package dev.millrace.inference.rows;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.topics.WireHeaders;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class RowTimestampExtractorTest {
  private static final long WRITTEN = 1_700_000_000_000L;

  private final RecordHeaders headers = new RecordHeaders();

  private long time() {
    byte[] none = {};
    ConsumerRecord<Object, Object> row =
        new ConsumerRecord<>(
            "t",
            0,
            0,
            WRITTEN,
            TimestampType.LOG_APPEND_TIME,
            0,
            0,
            none,
            none,
            headers,
            Optional.empty());
    return new RowTimestampExtractor().extract(row, 0);
  }

  @Test
  void theTimestampIsTheEventTime() {
    headers.add(WireHeaders.EVENT_TIME, "1600000000000".getBytes(US_ASCII));
    assertThat(time()).isEqualTo(1_600_000_000_000L);
  }

  @Test
  void withoutTheHeaderItIsTheRecordTimestamp() {
    assertThat(time()).isEqualTo(WRITTEN);
  }
}
