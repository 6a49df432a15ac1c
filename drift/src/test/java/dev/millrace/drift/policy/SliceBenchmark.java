package dev.millrace.drift.policy;

import dev.millrace.drift.policy.Countries.Change;
import dev.millrace.drift.policy.Countries.Row;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.ReferenceId;
import dev.millrace.drift.profile.Slice;
import dev.millrace.drift.profile.Slicing;
import dev.millrace.drift.window.WindowCounts;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Prints what slices cost and find, side by side with none. Arguments: rows, streams. */
public final class SliceBenchmark {
  private static final int NUMBERS = 8;
  private static final int TRAINING = 50_000;
  private static final int LONGEST = 60;

  private SliceBenchmark() {}

  /** Prints two tables. */
  public static void main(String[] arguments) {
    int rows = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 400_000;
    int streams = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 20;
    counting(rows);
    delays(streams);
  }

  private static void counting(int rows) {
    System.out.println(
        "| slices | ns of CPU a row | bytes sent a window | bytes of memory a window |");
    System.out.println("|---|---|---|---|");
    for (int round = 0; round < 2; round++) {
      for (int slices : new int[] {0, 5, 20, 40}) {
        String line = counting(rows, slices);
        if (round > 0) { // The first round compiles.
          System.out.println(line);
        }
      }
    }
  }

  /** 8 numbers and two categories of 40 values, of which all or some are slices. */
  private static String counting(int rows, int slices) {
    Random random = new Random(1);
    List<@Nullable Object[]> values = new ArrayList<>();
    for (int i = 0; i < TRAINING; i++) {
      @Nullable Object[] row = new Object[NUMBERS + 2];
      for (int j = 0; j < NUMBERS; j++) {
        row[j] = (double) (float) random.nextGaussian();
      }
      row[NUMBERS] = "a" + (int) (20 * random.nextDouble() * random.nextDouble());
      row[NUMBERS + 1] = "b" + (int) (20 * random.nextDouble() * random.nextDouble());
      values.add(row);
    }
    List<String> features = new ArrayList<>();
    List<Reference> references = new ArrayList<>();
    for (int j = 0; j < NUMBERS + 2; j++) {
      int column = j;
      features.add("f" + j);
      references.add(
          j < NUMBERS
              ? Reference.of(
                  "f" + j, values.stream().mapToDouble(v -> (Double) v[column]).toArray())
              : Reference.of("f" + j, values.stream().map(v -> (String) v[column]).toList()));
    }
    List<Slice> sliced = new ArrayList<>();
    for (int i = 0; i < slices; i++) {
      int input = i / 20;
      String value = (input == 0 ? "a" : "b") + i % 20;
      String name = "f" + (NUMBERS + input);
      sliced.add(i == slices - 1 ? Slice.others(name) : new Slice(name, value));
    }
    ModelReference model =
        new ModelReference("p", "m", "v", "d", features, () -> references)
            .with(new Slicing(sliced, length -> List.of()));
    WindowCounts counts = new WindowCounts(references, model.slicer(references));
    long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    for (int i = 0; i < rows; i++) {
      counts.add(values.get(i % TRAINING), 0, i);
    }
    long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
    var partial = counts.toPartial(new ReferenceId("v", "d"), 0);
    long sent =
        partial.profiles().stream().mapToLong(bytes -> bytes.length).sum()
            + partial.slices().stream().mapToLong(bytes -> bytes.length).sum();
    long cells = references.stream().mapToLong(r -> r.bins().size() + 4).sum();
    return String.format(
        Locale.ROOT,
        "| %d | %,d | %,d | %,d |",
        slices,
        nanos / rows,
        sent,
        Long.BYTES * cells * (1 + slices) + 512L * references.size());
  }

  private static void delays(int streams) {
    System.out.printf(
        "%n| shift | in | slices | windows until an alarm | missed of %d |%n", streams);
    System.out.println("|---|---|---|---|---|");
    for (double shift : new double[] {0.1, 0.2}) {
      delay("all predictions", shift, streams, row -> true);
    }
    for (double shift : new double[] {0.3, 0.5, 0.8}) {
      delay("DE, 5 %", shift, streams, row -> "DE".equals(row.country()));
    }
  }

  /** Which rows change. */
  private interface Rows {
    boolean contain(Row row);
  }

  private static void delay(String where, double shift, int streams, Rows changed) {
    Change change =
        (row, random) ->
            changed.contain(row)
                ? new Row((float) (row.amount() + shift), row.country(), row.score())
                : row;
    for (boolean sliced : new boolean[] {false, true}) {
      int found = 0;
      int windows = 0;
      for (int stream = 0; stream < streams; stream++) {
        Countries countries = new Countries(stream, 0.05, sliced, 100);
        int delay = 1;
        while (delay <= LONGEST && countries.next(change).alerts().isEmpty()) {
          delay++;
        }
        found += delay <= LONGEST ? 1 : 0;
        windows += delay <= LONGEST ? delay : 0;
      }
      System.out.printf(
          Locale.ROOT,
          "| %.1f | %s | %s | %s | %d |%n",
          shift,
          where,
          sliced ? "5" : "none",
          found == 0 ? "-" : String.format(Locale.ROOT, "%.1f", (double) windows / found),
          streams - found);
    }
  }
}
