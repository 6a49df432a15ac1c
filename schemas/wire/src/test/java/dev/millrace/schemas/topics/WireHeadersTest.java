package dev.millrace.schemas.topics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class WireHeadersTest {
  private static final long EVENT_TIME = 1_700_000_000_000L;

  @Test
  void usesTheHeaderAsTheClock() {
    assertThat(WireHeaders.eventClock(headers("1600000000000"), EVENT_TIME))
        .isEqualTo(1_600_000_000_000L);
  }

  @Test
  void usesTheEventTimeIfTheHeaderIsAbsentOrInvalid() {
    assertThat(WireHeaders.eventClock(new RecordHeaders(), EVENT_TIME)).isEqualTo(EVENT_TIME);
    assertThat(WireHeaders.eventClock(headers("soon"), EVENT_TIME)).isEqualTo(EVENT_TIME);
  }

  @Test
  void readsTheLastHeaderOfAName() {
    Headers headers = headers("7").add(WireHeaders.EVENT_CLOCK, "8".getBytes(UTF_8));

    assertThat(WireHeaders.number(headers, WireHeaders.EVENT_CLOCK)).isEqualTo(8);
  }

  @Test
  void aHeaderWithoutAValueIsAbsent() {
    Headers headers = new RecordHeaders().add(WireHeaders.SOURCE, null);

    assertThat(WireHeaders.text(headers, WireHeaders.SOURCE)).isNull();
    assertThat(WireHeaders.number(headers, WireHeaders.SOURCE)).isNull();
    assertThat(WireHeaders.isTrue(headers, WireHeaders.SOURCE)).isFalse();
  }

  @Test
  void writesOneHeaderPerName() {
    Headers headers = headers("7");
    WireHeaders.put(headers, WireHeaders.EVENT_CLOCK, 9);

    assertThat(headers.headers(WireHeaders.EVENT_CLOCK)).hasSize(1);
    assertThat(WireHeaders.text(headers, WireHeaders.EVENT_CLOCK)).isEqualTo("9");
  }

  @Test
  void namesOfMillraceAndOfStreamsAreReserved() {
    assertThat(WireHeaders.isReserved(WireHeaders.ERROR_CODE)).isTrue();
    assertThat(WireHeaders.isReserved(WireHeaders.STREAMS_ERROR_PREFIX + "topic")).isTrue();
    assertThat(WireHeaders.isReserved(WireHeaders.REPLAYS)).isTrue();
    assertThat(WireHeaders.isReserved("traceparent")).isFalse();
    assertThat(WireHeaders.isReserved(WireHeaders.PRODUCER)).isFalse();
  }

  private static Headers headers(String clock) {
    return new RecordHeaders().add(WireHeaders.EVENT_CLOCK, clock.getBytes(UTF_8));
  }
}
