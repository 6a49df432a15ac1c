package dev.millrace.drift.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UncutCountsTest {
  private static final UncutFeature NUMBER = new UncutFeature("x", true);
  private static final UncutFeature CATEGORY = new UncutFeature("c", false);

  private static UncutCounts counts(UncutFeature feature, Iterable<?> values) {
    UncutCounts counts = feature.newCounts();
    values.forEach(counts::addObject);
    return counts;
  }

  /** Numbers of all sizes and signs, many of them equal, and some that are no numbers. */
  private static List<Object> numbers(int seed, int size) {
    Random random = new Random(seed);
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      values.add(
          switch (random.nextInt(8)) {
            case 0 -> 1.0;
            case 1 -> (double) random.nextInt(300) - 20;
            case 2 -> -Math.exp(20 * random.nextGaussian());
            case 3 -> Float.intBitsToFloat(random.nextInt()) + 0.0;
            case 4 -> 0.0;
            default -> Math.exp(random.nextGaussian());
          });
    }
    values.addAll(List.of(-0.0, Double.MAX_VALUE, (double) Float.MIN_VALUE, "text", Double.NaN));
    return values;
  }

  @Test
  void eachNumberIsInOneCellAndCellsDoNotOverlap() {
    for (Object value : numbers(1, 2_000)) {
      List<NumberCells.Cell> cells = counts(NUMBER, List.of(value)).cells();
      if (!(value instanceof Double number) || !Double.isFinite(number)) {
        assertThat(cells).isEmpty();
        continue;
      }
      double single = SinglePrecision.of(number);
      assertThat(cells).hasSize(1);
      assertThat(cells.get(0).from()).isLessThanOrEqualTo(single);
      assertThat(cells.get(0).to()).isGreaterThan(single);
    }
    List<NumberCells.Cell> all = Objects.requireNonNull(counts(NUMBER, numbers(2, 20_000)).cells());
    for (int i = 1; i < all.size(); i++) {
      assertThat(all.get(i - 1).to()).isLessThanOrEqualTo(all.get(i).from());
    }
  }

  @Test
  void wholeNumbersAndHeavyValuesHaveCellsOfTheirOwn() {
    List<Double> values = new ArrayList<>();
    Random random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      values.add(4 + 20 * random.nextDouble());
      values.add(i % 3 == 0 ? 20.0 : i % 3 == 1 ? 5.0 : -1.0);
    }

    NumberBins bins = (NumberBins) CutFeature.of("x", counts(NUMBER, values)).reference().bins();

    for (double heavy : new double[] {-1, 5, 20}) {
      assertThat(bins.isAtom(bins.bin(heavy))).as("%s", heavy).isTrue();
    }
    List<Double> whole = new ArrayList<>();
    for (int value = -256; value <= 256; value++) {
      whole.add((double) value);
      if (Math.abs(value) <= 128) {
        assertThat(counts(NUMBER, List.of(value, Math.nextUp((float) value))).cells()).hasSize(2);
      }
    }
    assertThat(counts(NUMBER, whole).cells()).hasSize(513);
    assertThat(bins.size()).isBetween(100, 260);
  }

  /** The oracle counts each value over the bins themselves. */
  @Test
  void cellsAddUpToTheCountsOverTheBins() {
    CutFeature cut = CutFeature.of("x", counts(NUMBER, numbers(4, 5_000)));
    List<Object> window = numbers(5, 3_000);
    Profile direct = new Profile(cut.reference().bins());
    for (Object value : window) {
      direct.addObject(value instanceof Double n ? (Object) SinglePrecision.of(n) : value);
    }

    assertThat(cut.over(counts(NUMBER, window))).isEqualTo(direct.withoutDistinct());
    assertThat(cut.reference().total()).isEqualTo(5_005);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 64})
  void anySplitGivesTheSameBytes(int parts) {
    List<Object> values = numbers(6, 4_000);
    List<String> texts = new ArrayList<>();
    Random random = new Random(7);
    for (int i = 0; i < 4_000; i++) {
      texts.add("shop " + (int) Math.exp(8 * random.nextDouble()));
    }
    assertThat(CATEGORY.decode(split(CATEGORY, texts, parts)).categories().counts())
        .as("with and without names")
        .hasSizeGreaterThan(CategoryBuckets.MOST_NAMED);

    assertThat(split(NUMBER, values, parts)).isEqualTo(counts(NUMBER, values).toBytes());
    assertThat(split(CATEGORY, texts, parts)).isEqualTo(counts(CATEGORY, texts).toBytes());
    List<String> few = texts.stream().map(text -> text.substring(0, 6)).toList();
    assertThat(split(CATEGORY, few, parts)).isEqualTo(counts(CATEGORY, few).toBytes());
  }

  private static byte[] split(UncutFeature feature, List<?> values, int parts) {
    UncutCounts sum = feature.newCounts();
    for (int part = parts - 1; part >= 0; part--) {
      List<Object> some = new ArrayList<>();
      for (int i = part; i < values.size(); i += parts) {
        some.add(values.get(i));
      }
      sum.merge(feature.decode(counts(feature, some).toBytes()));
    }
    return sum.toBytes();
  }

  @Test
  void categoriesKeepTheirNamesAndNewOnesAreUnseen() {
    List<Object> reference = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      reference.addAll(List.of("web", "web", "shop", true));
    }
    reference.add("once");
    CutFeature cut = CutFeature.of("c", counts(CATEGORY, reference));
    CategoryBins bins = (CategoryBins) cut.reference().bins();

    assertThat(bins.values()).startsWith("web").contains("shop", "true", "once");
    assertThat(cut.reference().singletons()).isEqualTo(1);
    Profile window = cut.over(counts(CATEGORY, List.of("web", "new", "once", 5.0)));
    assertThat(window.count(0)).isEqualTo(1);
    assertThat(window.count(bins.unseen())).isEqualTo(1);
    assertThat(window.count(UnbinnedKind.WRONG_TYPE)).isEqualTo(1);
    assertThat(window.total()).isEqualTo(4);
  }

  @Test
  void valuesOfAnIdentifierAreBounded() {
    UncutCounts counts = CATEGORY.newCounts();
    for (int i = 0; i < 200_000; i++) {
      counts.addObject("order " + i);
    }

    assertThat(counts.toBytes().length).isLessThan(64 * 1024);
    CategoryBins bins = (CategoryBins) CutFeature.of("c", counts).reference().bins();
    assertThat(bins.values()).allMatch(name -> name.startsWith("bucket "));
  }

  /** A skewed feature over 7 orders of magnitude. */
  @Test
  void aWindowTakesAtMost8Kilobytes() {
    Random random = new Random(8);
    UncutCounts counts = NUMBER.newCounts();
    for (int i = 0; i < 300_000; i++) {
      counts.addObject(Math.exp(3 + 1.5 * random.nextGaussian()));
    }

    assertThat(counts.toBytes().length).isLessThan(8 * 1024);
  }

  @Test
  void damagedBytesAreRejected() {
    byte[] bytes = counts(NUMBER, List.of(1.0, 2.0)).toBytes();

    assertThatThrownBy(() -> NUMBER.decode(Arrays.copyOf(bytes, bytes.length - 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cut off");
    bytes[0] = 9;
    assertThatThrownBy(() -> NUMBER.decode(bytes)).hasMessageContaining("format 9");
    UncutCounts category = CATEGORY.newCounts();
    assertThatThrownBy(() -> category.merge(NUMBER.newCounts()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
