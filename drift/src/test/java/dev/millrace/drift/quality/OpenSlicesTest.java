package dev.millrace.drift.quality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.quality.OpenSlices.Limit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OpenSlicesTest {
  /** Ten times as many values as are kept, in several orders and divisions. */
  @Test
  void theOrderOfValuesDoesNotMatter() {
    List<SlicePartial> partials = new ArrayList<>();
    Random random = new Random(1);
    for (int i = 0; i < 30_000; i++) {
      String value = "v" + (int) (10_000 * random.nextDouble() * random.nextDouble());
      partials.add(partial("shop=" + value));
      partials.add(partial("city=" + i % 7));
    }
    Map<String, Long> first = sums(partials);

    assertThat(first.keySet().stream().filter(name -> name.startsWith("shop=")))
        .hasSizeBetween(OpenSlices.MOST_VALUES / 3, OpenSlices.MOST_VALUES);
    assertThat(first.keySet().stream().filter(name -> name.startsWith("city="))).hasSize(7);
    assertThat(first.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(60_000);
    for (int order = 2; order < 5; order++) {
      Collections.shuffle(partials, new Random(order));
      assertThat(sums(partials)).isEqualTo(first);
    }
  }

  @Test
  void reportsTheLargestValuesAndAddsTheOthersUp() {
    Map<String, SlicePartial> slices = new TreeMap<>();
    slices.put("", new SlicePartial("", 100_000, List.of()));
    slices.put("shop", new SlicePartial("shop", 3, List.of()));
    for (int i = 1; i <= 150; i++) {
      slices.put("shop=" + i, new SlicePartial("shop=" + i, i, List.of()));
    }

    Map<String, SlicePartial> reported = ReportedSlices.of(slices);

    assertThat(reported).hasSize(2 + ReportedSlices.MOST).containsKeys("shop=150", "shop=51");
    assertThat(reported).doesNotContainKey("shop=50");
    assertThat(reported.get("shop")).extracting(SlicePartial::predictions).isEqualTo(3 + 1275L);
  }

  @Test
  void namesSayFieldAndValue() {
    assertThat(SliceName.field("")).isNull();
    assertThat(SliceName.field("shop")).isEqualTo("shop");
    assertThat(SliceName.value("shop")).isNull();
    assertThat(SliceName.value("shop=")).isEmpty();
    assertThat(SliceName.value("shop=a=b")).isEqualTo("a=b");
  }

  private static Map<String, Long> sums(List<SlicePartial> partials) {
    OpenSlices open = new OpenSlices(new InMemory());
    partials.forEach(open::add);
    Map<String, Long> sums = new TreeMap<>();
    open.byName().forEach((name, slice) -> sums.put(name, slice.predictions()));
    return sums;
  }

  private static SlicePartial partial(String slice) {
    return new SlicePartial(slice, 1, List.of());
  }

  private static final class InMemory implements OpenSlices.Store {
    private final Map<String, SlicePartial> slices = new HashMap<>();
    private final Map<String, Limit> limits = new HashMap<>();

    @Override
    public @Nullable SlicePartial slice(String name) {
      return slices.get(name);
    }

    @Override
    public void put(SlicePartial slice) {
      slices.put(slice.slice(), slice);
    }

    @Override
    public void remove(String name) {
      slices.remove(name);
    }

    @Override
    public Iterable<SlicePartial> slices() {
      return slices.values();
    }

    @Override
    public @Nullable Limit limit(String field) {
      return limits.get(field);
    }

    @Override
    public void limit(String field, Limit limit) {
      limits.put(field, limit);
    }
  }
}
