package dev.millrace.deploy.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeadLetterEntryTest {
  @Test
  void theHeadersAreRead() {
    DeadLetterEntry entry =
        TestLetters.entry(
            "ingest",
            Map.of(
                "millrace.producer", "till",
                "millrace.replays", "2",
                "millrace.replay-of", "3:4"));
    assertThat(entry)
        .isEqualTo(
            new DeadLetterEntry(
                new Position(0, 17),
                TestLetters.NOON,
                "CONTRACT",
                "ingest",
                "rule r is broken:  [31m distance = -1",
                "departures",
                2,
                55,
                "till",
                2,
                new Position(3, 4),
                false));
    assertThat(entry.rejected()).isEqualTo("departures-2@55");
  }

  @ParameterizedTest
  @CsvSource({"-5, 0", "abc, 0", "99999999999, 2147483646", "'', 0"})
  void aProducersHeadersMayHaveAnyText(String replays, int expected) {
    DeadLetterEntry entry =
        TestLetters.entry(
            "ingest", Map.of("millrace.replays", replays, "millrace.replay-of", replays));
    assertThat(entry.replays()).isEqualTo(expected);
    assertThat(entry.replayOf()).isNull();
  }

  @Test
  void aValueThatIsTooLargeIsCut() {
    assertThat(DeadLetterEntry.of(TestLetters.letter("ingest", new byte[990_000], Map.of())).cut())
        .isFalse();
    assertThat(
            DeadLetterEntry.of(TestLetters.letter("ingest", new byte[1_000_000], Map.of())).cut())
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "0:", ":1", "0:1:2", "-1:5", "0:-5", "a:b"})
  void aPositionIsPartitionAndOffset(String text) {
    assertThatThrownBy(() -> Position.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("write <partition>:<offset>");
    assertThat(Position.parse("7:12").toString()).isEqualTo("7:12");
  }

  @Test
  void aFilterSelectsByEachProperty() {
    DeadLetterEntry entry = TestLetters.entry("ingest", Map.of("ce_source", "/till"));
    assertThat(DeadLetterFilter.ALL.selects(entry)).isTrue();
    assertThat(filter("CONTRACT", "ingest", "departures", "/till").selects(entry)).isTrue();
    assertThat(filter("DECODE", "ingest", "departures", "/till").selects(entry)).isFalse();
    assertThat(filter("CONTRACT", "drift", "departures", "/till").selects(entry)).isFalse();
    assertThat(filter("CONTRACT", "ingest", "arrivals", "/till").selects(entry)).isFalse();
    assertThat(filter("CONTRACT", "ingest", "departures", "unknown").selects(entry)).isFalse();
    Instant noon = TestLetters.NOON;
    assertThat(between(noon, Instant.MAX).selects(entry)).isTrue();
    assertThat(between(noon.plus(Duration.ofMillis(1)), Instant.MAX).selects(entry)).isFalse();
    assertThat(between(Instant.MIN, noon).selects(entry)).isFalse();
  }

  private static DeadLetterFilter filter(String code, String stage, String topic, String producer) {
    return new DeadLetterFilter(
        Set.of(code), Set.of(stage), Set.of(topic), Set.of(producer), Instant.MIN, Instant.MAX);
  }

  private static DeadLetterFilter between(Instant since, Instant until) {
    return new DeadLetterFilter(Set.of(), Set.of(), Set.of(), Set.of(), since, until);
  }
}
