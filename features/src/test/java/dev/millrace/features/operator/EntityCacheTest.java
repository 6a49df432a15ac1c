package dev.millrace.features.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.aggregate.Plan;
import dev.millrace.schemas.operation.Operation;
import dev.millrace.schemas.operation.Window;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EntityCacheTest {
  private static final long START = 1_700_000_000_000L;
  private static final int EVENTS = 10;
  private static final int INPUTS = 10;
  private static final long LIMIT = EntityCache.DEFAULT_BYTES;

  /** Ten operations over ten inputs and two windows; every second input is a text. */
  private static Plan tenOperations() {
    Window hour = Window.sliding(3_600_000);
    Window day = Window.sliding(24 * 3_600_000);
    List<Plan.Output> outputs = new ArrayList<>();
    for (int input = 0; input < INPUTS; input += 2) {
      outputs.add(new Plan.Output(Operation.STDDEV, input, hour));
      outputs.add(new Plan.Output(Operation.LAST, input + 1, day));
    }
    return new Plan(outputs, false);
  }

  private static void fill(EntityCache cache, int entities) {
    Plan plan = tenOperations();
    for (int i = 0; i < entities; i++) {
      EntityState entity = EntityState.empty(plan);
      for (int n = 0; n < EVENTS; n++) {
        long time = START + 60_000L * n;
        @Nullable Object[] values = new @Nullable Object[INPUTS];
        for (int input = 0; input < INPUTS; input += 2) {
          values[input] = 0.1 * i + n;
          values[input + 1] = "shop " + n + " of entity " + i;
        }
        entity.add(time, n, values, Long.MIN_VALUE);
        var unused = entity.features(time);
      }
      cache.put("entity-" + i, entity, true);
    }
  }

  private static long usedHeap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** Measured by the memory that is free after the cache was dropped; the JVM adds some noise. */
  @Test
  void usesTheMemoryThatItReports() {
    EntityCache[] cache = {new EntityCache(LIMIT, (key, entity) -> {})};
    fill(cache[0], 10_000);
    assertThat(cache[0].bytes()).isLessThanOrEqualTo(LIMIT);

    usedHeap(); // clears soft references of others first
    long with = usedHeap();
    cache[0] = new EntityCache(LIMIT, (key, entity) -> {});
    long held = with - usedHeap();
    assertThat(held).isBetween(LIMIT / 2, LIMIT + LIMIT / 2);
  }

  @Test
  void writesAnEvictedStateOnce() {
    List<String> written = new ArrayList<>();
    EntityCache cache = new EntityCache(LIMIT, (key, entity) -> written.add(key));
    fill(cache, 10_000);
    assertThat(written).hasSize(10_000 - cache.size()).doesNotHaveDuplicates();
    cache.flush();
    cache.flush();
    assertThat(written).hasSize(10_000).doesNotHaveDuplicates();
  }
}
