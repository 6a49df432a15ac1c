package dev.millrace.schemas.topics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class ProducerNameTest {
  private final Headers headers = new RecordHeaders();

  @Test
  void theHeaderIsPreferredToTheSourceOfTheCloudEvent() {
    assertThat(ProducerName.of(headers)).isEqualTo("unknown");
    headers.add("ce_source", "//shop/till/7".getBytes(UTF_8));
    assertThat(ProducerName.of(headers)).isEqualTo("//shop/till/7");
    headers.add(WireHeaders.PRODUCER, "till".getBytes(UTF_8));
    assertThat(ProducerName.of(headers)).isEqualTo("till");
  }

  @Test
  void anEmptyHeaderIsNoName() {
    headers.add(WireHeaders.PRODUCER, null);
    assertThat(ProducerName.of(headers)).isEqualTo("unknown");
    headers.add(WireHeaders.PRODUCER, "  ".getBytes(UTF_8));
    assertThat(ProducerName.of(headers)).isEqualTo("unknown");
  }

  @Test
  void aNameIsShortAndPrintable() {
    headers.add(WireHeaders.PRODUCER, (" a\nb\"c é" + "x".repeat(100_000)).getBytes(UTF_8));
    assertThat(ProducerName.of(headers)).startsWith("a_b\"c__xxx").hasSize(64);
  }
}
