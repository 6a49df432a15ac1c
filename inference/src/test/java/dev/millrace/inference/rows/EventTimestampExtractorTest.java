package dev.millrace.inference.rows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.topics.Progress;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventTimestampExtractorTest {
  private static final long WRITTEN = 1_700_000_000_000L;

  @SuppressWarnings("NullAway") // Kafka accepts a null value, but is not annotated.
  private static long time(byte @Nullable [] value, @Nullable Progress progress) {
    RecordHeaders headers = new RecordHeaders();
    if (progress != null) {
      progress.write(headers);
    }
    ConsumerRecord<Object, Object> record =
        new ConsumerRecord<>(
            "t",
            0,
            0,
            WRITTEN,
            TimestampType.CREATE_TIME,
            0,
            0,
            new byte[0],
            value,
            headers,
            Optional.empty());
    return new EventTimestampExtractor().extract(record, 0);
  }

  @Test
  void theTimestampOfProgressIsItsEventTime() {
    assertThat(time(null, new Progress(0, 1, 1_600_000_000_000L, false, 0)))
        .isEqualTo(1_600_000_000_000L);
    assertThat(time(null, new Progress(0, 1, Progress.NONE, true, 0))).isZero();
  }

  @Test
  void theTimestampOfAnEventIsThatOfItsRecord() {
    assertThat(time(new byte[1], null)).isEqualTo(WRITTEN);
    assertThat(time(null, null)).isEqualTo(WRITTEN);
  }
}
