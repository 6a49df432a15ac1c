package dev.millrace.deploy.doctor.facts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** Looks at a broker whose clock is off by a known time. */
class ClockWatchTest {
  /** Whenever it writes and whenever it is looked at, the reading is right within its limits. */
  @Property
  void aReadingIsRightWithinItsUncertainty(
      @ForAll @LongRange(min = -100_000, max = 100_000) long off, @ForAll Random random) {
    ClockWatch watch = new ClockWatch();
    long now = 1_000_000_000L;
    long written = random.nextBoolean() ? -1 : now - random.nextInt(1_000_000) + off;
    for (int look = 0; look < 10; look++) {
      long begin = now;
      long answered = begin + random.nextInt(300);
      if (random.nextInt(3) == 0) {
        // Between the look before and the answer to this one.
        written = Math.max(written, answered - random.nextInt(200) + off);
      }
      long end = answered + random.nextInt(300);
      watch.look(Map.of(1, written), begin, end);
      now = end + 200;
    }
    assertThat(watch.readings().size()).isLessThanOrEqualTo(1);
    watch
        .readings()
        .forEach(
            reading ->
                assertThat(Math.abs(reading.ahead().toMillis() - off))
                    .isLessThanOrEqualTo(reading.uncertainty().toMillis()));
  }

  @Example
  void aRecordFromBeforeTheFirstLookTellsNothing() {
    ClockWatch watch = new ClockWatch();
    watch.look(Map.of(1, 5_000L, 2, -1L), 100_000, 100_010);
    watch.look(Map.of(1, 5_000L, 2, -1L), 100_200, 100_210);
    assertThat(watch.readings()).isEmpty();
    watch.look(Map.of(1, 5_000L, 2, 160_300L), 100_400, 100_410);
    assertThat(watch.readings())
        .singleElement()
        .satisfies(
            reading -> {
              assertThat(reading.of()).isEqualTo("broker 2");
              assertThat(reading.ahead()).hasMillis(160_300 - 100_305);
              assertThat(reading.uncertainty()).hasMillis(106);
            });
  }
}
