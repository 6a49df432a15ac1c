package dev.millrace.drift.profile;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.SplittableRandom;

/** Not a test: prints how many values a second one core adds to a profile. */
final class ProfileThroughput {
  private static final int ROUNDS = 12;

  private ProfileThroughput() {}

  /** Run with the test classpath: {@code java ... dev.millrace.drift.profile.ProfileThroughput}. */
  public static void main(String[] args) {
    double[] reference = new SplittableRandom(1).doubles(100_000).map(u -> -Math.log(u)).toArray();
    Reference built = Reference.of("x", reference);
    double[] values =
        new SplittableRandom(2).doubles(1 << 22).map(u -> -Math.log(u) * 1.01).toArray();
    // Processor time, so that a busy machine gives the same figure.
    ThreadMXBean cpu = ManagementFactory.getThreadMXBean();
    for (int round = 0; round < ROUNDS; round++) {
      Profile profile = built.newProfile();
      long start = cpu.getCurrentThreadCpuTime();
      for (double value : values) {
        profile.add(value);
      }
      double inBins = (cpu.getCurrentThreadCpuTime() - start) / 1e9;
      UncutCounts cells = new UncutFeature("x", true).newCounts();
      start = cpu.getCurrentThreadCpuTime();
      for (double value : values) {
        cells.add(value);
      }
      double inCells = (cpu.getCurrentThreadCpuTime() - start) / 1e9;
      System.out.printf(
          "%.1f M values/s in bins, %.1f in cells (%d, %d counted)%n",
          values.length / inBins / 1e6,
          values.length / inCells / 1e6,
          profile.total(),
          cells.total());
    }
  }
}
