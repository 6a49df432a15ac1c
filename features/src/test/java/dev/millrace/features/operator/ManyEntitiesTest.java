package dev.millrace.features.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.Cards;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many entities whose features change at the same hop, in RocksDB. {@code
 * -Dmillrace.entities=100000} has as many.
 */
class ManyEntitiesTest {
  private static final int ENTITIES = Integer.getInteger("millrace.entities", 30_000);
  private static final long SLICE_MILLIS = 10;

  /** The largest number of rows written in one step. */
  private int mostRows;

  /** Between two steps the task reads records; on an idle machine a step takes a few slices. */
  @Test
  @Timeout(300)
  void changesAtTheSameTimeDoNotStallTheTask() throws Exception {
    try (LookupHarness harness =
        LookupHarness.sliced(
            Cards.PIPELINE, "visitors", new EmbeddedRocksDBStateBackend(), null, SLICE_MILLIS)) {
      long began = System.nanoTime();
      for (int i = 0; i < ENTITIES; i++) {
        harness.event("entity-" + i, 0, 7L);
        if (i % 1000 == 0) {
          harness.pass(1);
        }
      }
      long added = System.nanoTime();
      long longest = drain(harness);
      long written = System.nanoTime();

      long day = 24 * LookupHarness.HOUR + 24 * LookupHarness.MINUTE;
      longest = Math.max(longest, timed(() -> harness.bothAt(day)));
      longest = Math.max(longest, drain(harness));
      System.out.printf(
          "%,d entities: added in %,d ms, rows in %,d ms, tombstones in %,d ms, longest pause %,d ms%n",
          ENTITIES,
          (added - began) / 1_000_000,
          (written - added) / 1_000_000,
          (System.nanoTime() - written) / 1_000_000,
          longest);
      assertThat(mostRows).isLessThan(ENTITIES / 2);
    }
  }

  /** Lets wall-clock time pass until each has a row, and returns the longest step in millis. */
  private long drain(LookupHarness harness) throws Exception {
    long longest = 0;
    int rows = harness.drainRows();
    while (rows < ENTITIES) {
      longest = Math.max(longest, timed(() -> harness.pass(SLICE_MILLIS)));
      int written = harness.drainRows();
      mostRows = Math.max(mostRows, written);
      rows += written;
    }
    assertThat(rows).isEqualTo(ENTITIES);
    return longest;
  }

  private interface Step {
    void run() throws Exception;
  }

  private static long timed(Step step) throws Exception {
    long began = System.nanoTime();
    step.run();
    return (System.nanoTime() - began) / 1_000_000;
  }
}
