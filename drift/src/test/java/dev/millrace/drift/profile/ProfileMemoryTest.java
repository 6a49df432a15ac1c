package dev.millrace.drift.profile;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A feature takes at most 8 KB a window, its reference included. */
class ProfileMemoryTest {
  private static final long MOST_BYTES = 8 * 1024;

  /** A text of 16 letters: an object of 24 bytes and an array of 16 with its header of 16. */
  private static final long NAME_BYTES = 56;

  private static List<Object> kept = List.of();

  /** What is allocated to make an object is at least what it keeps. */
  private static long allocated(Supplier<List<Object>> make) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    kept = make.get(); // Classes are loaded, and constants made.
    long before = threads.getCurrentThreadAllocatedBytes();
    kept = make.get();
    long bytes = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(kept).isNotEmpty();
    return bytes;
  }

  @Test
  void ofNumbers() {
    double[] values = new SplittableRandom(1).doubles(100_000).map(u -> -Math.log(u)).toArray();
    Reference built = Reference.of("x", values);
    double[] edges = ((NumberBins) built.bins()).edges();
    long[] counts = built.profile().counts();
    assertThat(counts.length).as("bins").isGreaterThan(250);

    assertThat(
            allocated(
                () -> {
                  NumberBins bins = NumberBins.of(edges);
                  Profile reference = Profile.of(bins, counts, Map.of(), 0, 20);
                  Profile window = new Profile(bins);
                  for (double value : values) {
                    window.add(value);
                  }
                  return List.of(reference, window);
                }))
        .isLessThan(MOST_BYTES);
  }

  @Test
  void ofCategories() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < ProfileBuilder.TOP_CATEGORIES + ProfileBuilder.OTHER_CATEGORIES; i++) {
      names.add("category no %04d".formatted(i));
    }
    CategoryBins built = (CategoryBins) Reference.of("c", names).bins();
    assertThat(built.otherHashes()).hasSize(ProfileBuilder.OTHER_CATEGORIES);
    long[] hashes = built.otherHashes();
    List<String> top = built.values();
    long[] counts = new long[built.size()];

    assertThat(
            allocated(
                () -> {
                  CategoryBins bins = CategoryBins.of(top, hashes, false);
                  Profile reference = Profile.of(bins, counts, Map.of(), 0, 0);
                  Profile window = new Profile(bins);
                  window.add("category no 0001");
                  return List.of(reference, window);
                }))
        .isLessThan(MOST_BYTES - (long) top.size() * NAME_BYTES);
  }
}
