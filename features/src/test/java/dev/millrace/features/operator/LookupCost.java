package dev.millrace.features.operator;

import dev.millrace.features.view.ViewPlan;
import dev.millrace.schemas.pipeline.FeatureView;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;

/**
 * Not a test: prints what a lookup of ten operations costs. {@code hot}: by the length of its
 * windows, with 90 % of the events on one entity. {@code entities}: by the number of entities.
 * {@code bytes}: the state of one entity by the events in its windows. Loads are measured in turn,
 * forwards and backwards, in processor time of the task's thread.
 */
final class LookupCost {
  private static final int ROUNDS = 12;
  private static final int WARM_UP = ROUNDS / 4;
  private static final int BLOCK = 10_000;
  private static final int OTHERS = 1_000;
  private static final long DAY = 24 * LookupHarness.HOUR;

  /** Longer than the ttl of the view. */
  private static final long END_MILLIS = 31 * DAY;

  /** Of the hot key, so that 30 days contain 300,000 events. */
  private static final long STEP_MILLIS = 30 * DAY / 300_000;

  private LookupCost() {}

  /**
   * Run with the test classpath and the {@code --add-opens} of Flink: {@code java ...
   * dev.millrace.features.operator.LookupCost hot|entities|bytes [ENTITIES]}.
   */
  public static void main(String[] args) throws Exception {
    System.out.printf(
        "%s, %d processors, load %.1f%n",
        Instant.now(),
        Runtime.getRuntime().availableProcessors(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    switch (args[0]) {
      case "hot" -> hot();
      case "bytes" -> bytes();
      case "entities" -> entities(args.length > 1 ? Integer.parseInt(args[1]) : 1_000_000);
      default -> throw new IllegalArgumentException("hot, entities or bytes, not " + args[0]);
    }
  }

  private static void inTurn(List<LookupLoad> loads) throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < loads.size(); i++) {
        loads.get(round % 2 == 0 ? i : loads.size() - 1 - i).measure(BLOCK);
      }
    }
    double[] first = measured(loads.get(0));
    for (LookupLoad each : loads) {
      double[] micros = measured(each);
      double[] ratios = new double[micros.length];
      Arrays.setAll(ratios, i -> micros[i] / first[i]);
      Arrays.sort(ratios);
      Arrays.sort(micros);
      System.out.printf(
          Locale.ROOT,
          "%-28s %6.2f us an event, %.2f of the first (%.2f to %.2f), hit share %.3f, %,d entities of %,d bytes in memory%n",
          each.name,
          micros[micros.length / 2],
          ratios[ratios.length / 2],
          ratios[0],
          ratios[ratios.length - 1],
          each.hitShare(),
          each.harness.states().cached(),
          each.harness.states().cacheBytes());
    }
  }

  /** Without the warm-up. */
  private static double[] measured(LookupLoad load) {
    return load.micros.stream().skip(WARM_UP).mapToDouble(Double::doubleValue).toArray();
  }

  private static IntSupplier hotKey() {
    SplittableRandom random = new SplittableRandom(3);
    return () -> random.nextInt(10) > 0 ? 0 : 1 + random.nextInt(OTHERS);
  }

  private static void hot() throws Exception {
    long step = STEP_MILLIS * 9 / 10;
    try (LookupLoad hour = new LookupLoad("1h", "1h", hotKey(), step);
        LookupLoad day = new LookupLoad("1d", "1d", hotKey(), step);
        LookupLoad month = new LookupLoad("30d", "30d", hotKey(), step);
        LookupLoad all = new LookupLoad("1h, 1d and 30d", "1h, 1d, 30d", hotKey(), step)) {
      List<LookupLoad> loads = List.of(hour, day, month, all);
      for (LookupLoad each : loads) {
        each.add((int) (31 * DAY / step));
      }
      inTurn(loads);
    }
  }

  private static void bytes() throws IOException {
    for (String operations : List.of(LookupLoad.TEN, "count, p50, p95, distinct, min")) {
      for (String windows : List.of("1h", "1d", "30d", "1h, 1d, 30d")) {
        FeatureView view =
            Objects.requireNonNull(LookupLoad.pipeline(operations, windows).features().get("card"));
        for (int events : new int[] {1, 10, 100, 10_000, 300_000}) {
          bytes(view, windows, events);
        }
      }
    }
  }

  /** An entity with so many events in its longest window. */
  private static void bytes(FeatureView view, String windows, int events) {
    ViewPlan plan = new ViewPlan(view, false);
    EntityState entity = EntityState.empty(plan.plan());
    SplittableRandom random = new SplittableRandom(1);
    long step = plan.plan().retentionMillis() / events;
    long closed = Long.MIN_VALUE;
    for (int i = 0; i < events; i++) {
      long time = LookupHarness.START + i * step;
      closed = time - 5_000;
      entity.add(time, i, new Object[] {random.nextInt(100_000) / 100.0}, closed);
      var unused = entity.features(time);
    }
    long before = entity.heapBytes();
    int stored = entity.toBytes(0, closed).length;
    System.out.printf(
        "%d features, windows %s, %,d events: %,d bytes of state, %,d bytes of heap, %,d before it was written%n",
        view.features().size(), windows, events, stored, entity.heapBytes(), before);
  }

  private static IntSupplier uniform(int entities) {
    SplittableRandom random = new SplittableRandom(3);
    return () -> random.nextInt(entities);
  }

  /** 80 % of the events on 20 % of the entities: 0.2 ^ (1 / 7.2) = 0.8. */
  private static IntSupplier skewed(int entities) {
    SplittableRandom random = new SplittableRandom(4);
    return () -> (int) (entities * Math.pow(random.nextDouble(), 7.2));
  }

  private static IntSupplier each(IntSupplier then, int entities) {
    int[] next = {0};
    return () -> next[0] < entities ? next[0]++ : then.getAsInt();
  }

  /** The events are in one day, so that no window has passed. */
  private static void entities(int entities) throws Exception {
    int few = 10_000;
    long step = DAY / (entities + 2L * ROUNDS * BLOCK) + 1;
    try (LookupLoad cached = new LookupLoad("10,000", "1h, 1d", each(uniform(few), few), step);
        LookupLoad uniform =
            new LookupLoad("many, evenly", "1h, 1d", each(uniform(entities), entities), step);
        LookupLoad skewed =
            new LookupLoad(
                "many, 80 % on 20 %", "1h, 1d", each(skewed(entities), entities), step)) {
      cached.add(few);
      for (LookupLoad many : List.of(uniform, skewed)) {
        long began = LookupLoad.CPU.getCurrentThreadCpuTime();
        many.add(entities);
        System.out.printf(
            Locale.ROOT,
            "%s: %,d entities added, %.2f us each%n",
            many.name,
            entities,
            (LookupLoad.CPU.getCurrentThreadCpuTime() - began) / 1e3 / entities);
      }
      inTurn(List.of(cached, uniform, skewed));
      end(uniform, entities);
    }
  }

  /**
   * All windows pass, and the time for which the view keeps its rows. An entity whose answers are
   * compared ends a minute later than the others.
   */
  private static void end(LookupLoad load, int entities) throws Exception {
    LookupHarness harness = load.harness;
    harness.flink.snapshot(1, 1);
    System.out.printf(
        "%s: %,d keys, %,d bytes on disk, %,d timers%n",
        load.name, harness.keys("entity"), load.diskBytes(), harness.flink.numEventTimeTimers());
    long began = LookupLoad.CPU.getCurrentThreadCpuTime();
    harness.bothAt(load.timeMillis + END_MILLIS);
    harness.bothAt(load.timeMillis + END_MILLIS + LookupHarness.HOUR);
    int tombstones = harness.drainRows(FeedRow::isTombstone);
    double seconds = (LookupLoad.CPU.getCurrentThreadCpuTime() - began) / 1e9;
    int again = 0;
    do {
      harness.pass(LookupLoad.PASS_MILLIS);
      again += harness.drainRows();
    } while (harness.waitingRows() > 0);
    harness.flink.snapshot(2, 2);
    System.out.printf(
        Locale.ROOT,
        "%s: %,d tombstones of %,d entities in %.1f s, then %,d rows; left: %,d keys, %,d timers, %,d entities in memory, %,d bytes on disk%n",
        load.name,
        tombstones,
        entities,
        seconds,
        again,
        harness.keys("entity", "pending-row"),
        harness.flink.numEventTimeTimers(),
        harness.states().cached(),
        load.diskBytes());
  }
}
