package dev.millrace.ingest.producer.pacing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PacerTest {
  private final FakeTicker ticker = new FakeTicker();
  private final StopSignal stop = new StopSignal();
  private final Pacer pacer = new Pacer(ticker, stop);

  @Test
  void waitsUntilARecordIsDue() {
    pacer.await(1_000);
    pacer.await(2_500);

    assertThat(pacer.elapsedNanos()).isEqualTo(2_500);
    assertThat(pacer.delayed()).isZero();
  }

  @Test
  void keepsTheScheduleAfterAStall() {
    pacer.await(0);
    ticker.nowNanos += Duration.ofSeconds(1).toNanos();
    for (int due = 0; due < 1_100; due += 100) {
      pacer.await(Duration.ofMillis(due).toNanos());
    }

    // Due at 0, 100, .. 900 ms, sent at 1 s; the record due at 1 s was on time.
    assertThat(pacer.delayed()).isEqualTo(10);
    assertThat(pacer.longestDelay()).isEqualTo(Duration.ofSeconds(1));
    assertThat(pacer.elapsedNanos()).isEqualTo(Duration.ofSeconds(1).toNanos());
  }

  @Test
  void stopsWaitingWhenAStopIsRequested() {
    ticker.whileParked = stop::request;

    pacer.await(Duration.ofDays(1).toNanos());

    assertThat(pacer.elapsedNanos()).isLessThan(Duration.ofDays(1).toNanos());
  }

  @Test
  void aPauseMovesTheScheduleWithoutABurst() {
    pacer.await(Duration.ofSeconds(1).toNanos());
    long resume = ticker.nowNanos + Duration.ofSeconds(30).toNanos();
    pacer.pauseWhile(() -> ticker.nowNanos < resume);
    pacer.await(Duration.ofSeconds(2).toNanos());

    assertThat(pacer.delayed()).isZero();
    assertThat(pacer.elapsedNanos()).isEqualTo(Duration.ofSeconds(2).toNanos());
    assertThat(pacer.paused()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(31));
  }

  @Test
  void aStopEndsAPause() {
    ticker.whileParked = stop::request;

    pacer.pauseWhile(() -> true);

    assertThat(stop.requested()).isTrue();
  }
}
