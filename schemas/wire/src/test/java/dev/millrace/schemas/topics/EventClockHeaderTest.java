package dev.millrace.schemas.topics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class EventClockHeaderTest {
  private static final long EVENT_TIME = 1_700_000_000_000L;

  @Test
  void theHeaderIsTheClock() {
    assertThat(Topics.eventClock(headers("1600000000000"), EVENT_TIME))
        .isEqualTo(1_600_000_000_000L);
  }

  @Test
  void theEventTimeStandsInForAnAbsentOrUnreadableHeader() {
    assertThat(Topics.eventClock(new RecordHeaders(), EVENT_TIME)).isEqualTo(EVENT_TIME);
    assertThat(Topics.eventClock(headers("soon"), EVENT_TIME)).isEqualTo(EVENT_TIME);
  }

  private static Headers headers(String clock) {
    return new RecordHeaders().add(Topics.EVENT_CLOCK_HEADER, clock.getBytes(UTF_8));
  }
}
