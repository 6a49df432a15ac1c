package dev.millrace.drift.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileTest {
  private static final Reference NUMBERS =
      Reference.of("x", new SplittableRandom(3).doubles(5_000).toArray());
  private static final Reference WORDS =
      Reference.of("w", IntStream.range(0, 5_000).mapToObj(i -> "w" + i % 90).toList());

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 64})
  void anySplitOverPartitionsGivesTheSameBytes(int partitions) {
    double[] values = new SplittableRandom(4).doubles(20_000, -0.1, 1.1).toArray();
    Profile whole = NUMBERS.newProfile();
    Arrays.stream(values).forEach(whole::add);

    List<Profile> parts = new ArrayList<>();
    for (int i = 0; i < partitions; i++) {
      parts.add(NUMBERS.newProfile());
    }
    SplittableRandom random = new SplittableRandom(5);
    Arrays.stream(values).forEach(v -> parts.get(random.nextInt(partitions)).add(v));
    Collections.shuffle(parts, new Random(6));
    Profile merged = NUMBERS.newProfile();
    parts.forEach(merged::merge);

    assertThat(merged.toBytes()).isEqualTo(whole.toBytes());
    assertThat(merged).isEqualTo(whole);
  }

  @Property(tries = 200)
  void mergingEqualsCountingAllAndBytesAreReadBack(
      @ForAll @Size(max = 50) List<Double> left, @ForAll @Size(max = 50) List<Double> right) {
    Profile all = NUMBERS.newProfile();
    left.forEach(all::add);
    right.forEach(all::add);
    Profile a = NUMBERS.newProfile();
    left.forEach(a::add);
    Profile b = NUMBERS.newProfile();
    right.forEach(b::add);

    Profile merged = Profile.fromBytes(NUMBERS.bins(), b.toBytes()).merge(a);

    assertThat(merged).isEqualTo(all).hasSameHashCodeAs(all);
    assertThat(Profile.fromBytes(NUMBERS.bins(), all.toBytes())).isEqualTo(all);
  }

  @Test
  void everyValueIsCountedOnce() {
    Profile numbers = NUMBERS.newProfile();
    numbers.addObject(0.5);
    numbers.addObject(7L);
    numbers.addObject(null);
    numbers.addObject("text");
    numbers.addObject(List.of());
    numbers.add(Double.NaN);
    numbers.add(Double.POSITIVE_INFINITY);

    assertThat(numbers.total()).isEqualTo(7);
    assertThat(numbers.binned()).isEqualTo(2);
    assertThat(numbers.count(NUMBERS.bins().size() - 1)).isEqualTo(1);
    assertThat(Arrays.stream(UnbinnedKind.values()).map(numbers::count))
        .containsExactly(1L, 1L, 1L, 2L);
  }

  @Test
  void categoriesHaveTheirOwnBinOrAreOtherOrUnseen() {
    CategoryBins bins = (CategoryBins) WORDS.bins();
    Profile profile = WORDS.newProfile();
    bins.values().forEach(profile::add);
    profile.addObject(CharBuffer.wrap("w89"));
    profile.addObject("never");
    profile.addObject(true);
    profile.add(1.5);

    assertThat(bins.values()).hasSize(ProfileBuilder.TOP_CATEGORIES);
    assertThat(bins.values()).allSatisfy(v -> assertThat(profile.count(bins.bin(v))).isEqualTo(1));
    assertThat(profile.count(bins.other())).isEqualTo(1);
    assertThat(profile.count(bins.unseen())).isEqualTo(2);
    assertThat(profile.count(UnbinnedKind.WRONG_TYPE)).isEqualTo(1);
    assertThat(WORDS.profile().count(bins.unseen())).isZero();
  }

  @Test
  void aVocabularyWithTooManyValuesIsOpen() {
    Reference ids = Reference.of("id", IntStream.range(0, 5_000).mapToObj(i -> "id" + i).toList());
    CategoryBins bins = (CategoryBins) ids.bins();

    assertThat(bins.open()).isTrue();
    assertThat(bins.bin("never")).isEqualTo(bins.other());
    assertThat(ids.singletons()).isEqualTo(5_000);
    assertThat(ids.distinct()).isBetween(4_300L, 5_700L);
  }

  @Property(tries = 20)
  void distinctCountIsWithinFourStandardErrors(@ForAll @IntRange(min = 1, max = 50_000) int n) {
    Profile profile = NUMBERS.newProfile();
    for (int repeat = 0; repeat < 2; repeat++) {
      for (int i = 0; i < n; i++) {
        profile.add(i * 1e-3);
      }
    }
    assertThat((double) profile.distinct()).isBetween(n * 0.81 - 1, n * 1.19 + 1);
  }

  @Test
  void rejectsDamagedBytesAndBytesOfOtherBins() {
    byte[] bytes = NUMBERS.newProfile().toBytes();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Profile.fromBytes(WORDS.bins(), bytes))
        .withMessageContaining("counted over bins");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Profile.fromBytes(NUMBERS.bins(), Arrays.copyOf(bytes, 40)))
        .withMessageContaining("cut off after 40 bytes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NUMBERS.newProfile().merge(WORDS.newProfile()))
        .withMessageContaining("different bins");
  }

  @Test
  void aFeatureWithItsReferenceTakesAtMostEightKilobytes() {
    double[] edges = ((NumberBins) NUMBERS.bins()).edges();
    long numbers = allocated(() -> numbersOf(edges));
    long names = 56L * ProfileBuilder.TOP_CATEGORIES; // 16 letters, 40 bytes of headers
    List<String> words =
        IntStream.range(0, ProfileBuilder.TOP_CATEGORIES).mapToObj(i -> "category-" + i).toList();
    long[] others = new SplittableRandom(8).longs(ProfileBuilder.OTHER_CATEGORIES).toArray();
    long categories = allocated(() -> wordsOf(words, others));

    assertThat(numbers).isBetween(6_000L, 8_192L);
    assertThat(names + categories).isBetween(6_000L, 8_192L);
    assertThat(numbersOf(edges).get(1).toBytes()).hasSizeLessThan(1_500);
  }

  private static List<Profile> numbersOf(double[] edges) {
    Bins bins = NumberBins.of(edges);
    Profile window = new Profile(bins);
    window.add(0.5);
    return List.of(new Profile(bins), window);
  }

  private static List<Profile> wordsOf(List<String> words, long[] others) {
    Bins bins = CategoryBins.of(words, others, false);
    Profile window = new Profile(bins);
    window.add("x");
    return List.of(new Profile(bins), window);
  }

  /** Bytes allocated on this thread, garbage included: an upper bound of what is kept. */
  private static long allocated(Runnable action) {
    var threads =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 20; i++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      action.run();
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }
}
