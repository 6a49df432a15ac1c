package dev.millrace.drift.policy;

import dev.millrace.drift.SlicedRows;
import dev.millrace.drift.profile.Block;
import dev.millrace.drift.profile.CountedFeature;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.Slice;
import dev.millrace.drift.profile.SliceReference;
import dev.millrace.drift.profile.Slicing;
import dev.millrace.drift.window.WindowCounts;
import dev.millrace.drift.window.WindowTotals;
import dev.millrace.schemas.pipeline.Budget;
import dev.millrace.schemas.pipeline.Cause;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Retrain;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Payments of five countries, of which DE has 5 % of the rows: amounts of a window have an effect
 * of the window in common. Windows are decided without Flink.
 */
final class Countries {
  static final int ROWS = 2_000;
  static final List<String> FEATURES = List.of("amount", "country", "score");

  private static final int BLOCKS = 20;
  private static final List<String> VALUES = List.of("FR", "IT", "ES", "DE", "SE", "DK");
  private static final double[] SHARES = {0.5, 0.75, 0.9, 0.95, 0.98, 1};

  private final Random random;
  private final double common;
  private final Drift drift;
  private final ModelReference reference;
  private final List<? extends CountedFeature> counted;
  private ModelComparison comparison;
  private DriftMonitor monitor;
  private long window = BLOCKS;

  /** One payment. */
  record Row(double amount, @Nullable String country, double score) {}

  /** Changes a payment. */
  interface Change {
    Row of(Row row, Random random);
  }

  /** Nothing changes. */
  static final Change CALM = (row, random) -> row;

  /**
   * @param common standard deviation of the windows' effect on amounts, in that of the amounts
   * @param sliced whether the countries are compared apart
   * @param windowsPerAlarm the budget
   */
  Countries(int seed, double common, boolean sliced, int windowsPerAlarm) {
    this.random = new Random(seed);
    this.common = common;
    this.drift =
        new Drift(
            Duration.ofDays(1),
            dev.millrace.schemas.pipeline.Reference.TRAINING,
            new Budget(1, Duration.ofDays(windowsPerAlarm)),
            0.02,
            30);
    this.reference = reference(sliced);
    this.counted = reference.counted();
    this.comparison = ModelComparison.of(reference, drift, null);
    this.monitor = monitor(MonitorState.INITIAL, false);
  }

  private DriftMonitor monitor(MonitorState kept, boolean restored) {
    RetrainingPolicy retraining =
        new RetrainingPolicy(
            reference,
            new Retrain(Set.of(Cause.DATA), Duration.ZERO, 0),
            drift.recoveryWindows(),
            Duration.ZERO,
            "outcomes",
            "payments");
    return new DriftMonitor(reference, drift, retraining, Duration.ZERO, kept, restored);
  }

  private ModelReference reference(boolean sliced) {
    List<List<Row>> blocks = new ArrayList<>();
    for (int block = 0; block < BLOCKS; block++) {
      blocks.add(rows(ROWS, CALM));
    }
    List<Row> all = blocks.stream().flatMap(List::stream).toList();
    List<Reference> references =
        List.of(
            Reference.of("amount", all.stream().mapToDouble(Row::amount).toArray()),
            Reference.of("country", all.stream().map(Row::country).map(String::valueOf).toList()),
            Reference.of("score", all.stream().mapToDouble(Row::score).toArray()));
    List<Slice> slices = new ArrayList<>();
    for (String value : VALUES.subList(0, 4)) {
      slices.add(new Slice("country", value));
    }
    slices.add(Slice.others("country"));
    SlicedRows bySlice = new SlicedRows(slices, references);
    for (int block = 0; block < BLOCKS; block++) {
      for (Row row : blocks.get(block)) {
        bySlice.add(start(block), row.amount, row.country, row.score);
      }
    }
    List<SliceReference> ofSlices = bySlice.references();
    List<List<Block>> whole = whole(references, ofSlices);
    ModelReference model =
        new ModelReference(
            "payments",
            "fraud",
            "0123456789ab",
            "fedcba987654",
            FEATURES,
            () -> references,
            length -> whole);
    return sliced ? model.with(new Slicing(slices, length -> ofSlices)) : model;
  }

  /** The blocks of all rows: each row is in one slice. */
  private static List<List<Block>> whole(List<Reference> references, List<SliceReference> slices) {
    List<List<Block>> whole = new ArrayList<>();
    for (int i = 0; i < references.size(); i++) {
      Reference reference = references.get(i);
      TreeMap<Long, Profile> sums = new TreeMap<>();
      for (SliceReference slice : slices) {
        for (Block block : slice.blocks().get(i)) {
          sums.computeIfAbsent(block.startMillis(), start -> reference.newProfile())
              .merge(block.counts());
        }
      }
      List<Block> blocks = new ArrayList<>();
      sums.forEach((start, counts) -> blocks.add(new Block(start, counts, null)));
      whole.add(blocks);
    }
    return whole;
  }

  private static long start(long window) {
    return window * Duration.ofDays(1).toMillis();
  }

  private List<Row> rows(int size, Change change) {
    double effect = common * random.nextGaussian();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      double u = random.nextDouble();
      int country = 0;
      while (u > SHARES[country]) {
        country++;
      }
      // Floats, as predictions have them.
      float amount = (float) (random.nextGaussian() + effect);
      rows.add(
          change.of(new Row(amount, VALUES.get(country), (float) random.nextDouble()), random));
    }
    return rows;
  }

  /** Decides about the next window. */
  WindowDecision next(Change change) {
    return next(ROWS, change);
  }

  WindowDecision next(int size, Change change) {
    WindowCounts counts = new WindowCounts(counted, reference.slicer(counted));
    List<Row> rows = rows(size, change);
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      counts.add(new @Nullable Object[] {row.amount, row.country, row.score}, 0, i);
    }
    long startMillis = start(window++);
    monitor.add(new WindowTotals(startMillis, size, 0, counts.ranges()), Long.MIN_VALUE);
    WindowDecision decision =
        monitor.close(
            startMillis, counts, comparison.of(startMillis, counts, feature -> List.of()), 0);
    comparison.after(monitor.outcome());
    return decision;
  }

  /** Stops and starts again from the state. */
  void restart() {
    MonitorState kept = monitor.state();
    comparison = ModelComparison.of(reference, drift, comparison.state());
    monitor = monitor(kept, true);
  }
}
