package dev.millrace.features.operator;

import static dev.millrace.features.operator.LookupHarness.HOUR;
import static dev.millrace.features.operator.LookupHarness.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.Cards;
import dev.millrace.schemas.pipeline.Pipeline;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.jspecify.annotations.Nullable;

/**
 * State does not grow for ever: when all windows have passed, nothing is left of any entity, and
 * the feed has ended each.
 */
class EntityEndTest {
  private static final int ENTITIES = 8;

  /** Longer than the windows and the ttl of each view. */
  private static final long LONGER_THAN_KEPT = 40 * 24 * HOUR;

  private static final List<String> LOOKUPS = List.of("card", "shop", "visitors");

  /** A random lookup, with what has been read from its inputs. */
  private static final class Run {
    final Random random;
    final String lookup;
    final Pipeline pipeline;
    final Set<String> entities = new HashSet<>();
    final Map<String, FeedRow> last = new HashMap<>();
    final Map<String, FeedRow> newest = new HashMap<>();

    /** Entities with an event after their last tombstone. */
    private final Set<String> open = new HashSet<>();

    private int read;

    private long questionsAt;
    private long eventsAt;
    private long now;

    Run(long seed, boolean align, int lookup) {
      this.random = new Random(seed);
      this.lookup = LOOKUPS.get(lookup);
      this.pipeline = align ? Cards.aligned() : Cards.PIPELINE;
    }

    /** Events and questions in disorder: ahead, behind the watermarks, far behind, or equal. */
    void step(LookupHarness harness) throws Exception {
      String entity = "e" + random.nextInt(ENTITIES);
      long time = Math.max(0, now + random.nextInt(10) * MINUTE - random.nextInt(5) * 2L * HOUR);
      switch (random.nextInt(8)) {
        case 0, 1 -> {
          added(entity);
          harness.event(entity, time, values());
        }
        case 2, 3 -> {
          if (!lookup.equals("visitors")) {
            added(entity);
            harness.add(entity, time, values());
          }
        }
        case 4 -> harness.ask(entity, time);
        case 5 -> harness.pass(random.nextInt(3_000));
        default -> watermark(harness);
      }
      readRows(harness);
    }

    private void added(String entity) {
      entities.add(entity);
      open.add(entity);
    }

    /** An entity ends once, and again only after another event. */
    private void readRows(LookupHarness harness) {
      List<FeedRow> rows = harness.rows();
      for (; read < rows.size(); read++) {
        FeedRow row = rows.get(read);
        assertThat(row.isTombstone() ? open.remove(row.entity()) : open.contains(row.entity()))
            .as("an event before %s", row)
            .isTrue();
        last.put(row.entity(), row);
        FeedRow before = newest.put(row.entity(), row);
        // A late event after the end begins anew, possibly as of an earlier time.
        if (before != null && !before.isTombstone() && !row.isTombstone()) {
          assertThat(newer(before, row)).as("%s after %s", row, before).isEqualTo(row);
        }
      }
    }

    void restarted() {
      read = 0;
    }

    private @Nullable Object[] values() {
      return switch (lookup) {
        case "card" -> new Object[] {random.nextDouble(), true, "shop"};
        case "shop" -> new Object[] {true};
        default -> new Object[] {7L};
      };
    }

    private void watermark(LookupHarness harness) throws Exception {
      now += (long) (Math.pow(random.nextDouble(), 6) * 30 * 24 * HOUR);
      if (random.nextBoolean()) {
        questionsAt = Math.max(questionsAt, now - random.nextInt(3) * HOUR);
        harness.questionsAt(questionsAt);
      } else {
        eventsAt = Math.max(eventsAt, now - random.nextInt(3) * HOUR);
        harness.eventsAt(eventsAt);
      }
    }

    /** The windows of all entities pass. */
    void end(LookupHarness harness) throws Exception {
      now += LONGER_THAN_KEPT;
      harness.bothAt(now);
      harness.pass(2_000);
      readRows(harness);
    }
  }

  @Property(tries = 200)
  void nothingIsLeftWhateverTheDisorder(
      @ForAll long seed,
      @ForAll boolean align,
      @ForAll @IntRange(max = 2) int lookup,
      @ForAll @IntRange(min = 1, max = 120) int steps)
      throws Exception {
    Run run = new Run(seed, align, lookup);
    try (LookupHarness first = LookupHarness.of(run.pipeline, run.lookup, null)) {
      for (int i = 0; i < steps; i++) {
        run.step(first);
      }
      OperatorSubtaskState checkpoint = first.flink.snapshot(1, 1);
      try (LookupHarness second = LookupHarness.of(run.pipeline, run.lookup, checkpoint)) {
        run.restarted();
        for (int i = 0; i < steps; i++) {
          run.step(second);
        }
        run.end(second);

        second.flink.snapshot(2, 2);
        assertThat(second.flink.numKeyedStateEntries()).isZero();
        assertThat(second.flink.numEventTimeTimers()).isZero();
        assertThat(second.states().cached()).isZero();
        assertThat(run.last.keySet()).isEqualTo(run.entities);
        assertThat(run.last.values()).allMatch(FeedRow::isTombstone);
        assertThat(run.newest.values()).allMatch(FeedRow::isTombstone);
      }
    }
  }

  /** As readers of the topic compare rows. */
  private static FeedRow newer(FeedRow one, FeedRow other) {
    return Comparator.comparingLong(FeedRow::asOfMillis)
                .thenComparingLong(FeedRow::sequence)
                .compare(one, other)
            > 0
        ? one
        : other;
  }
}
