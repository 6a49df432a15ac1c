package dev.millrace.drift.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.millrace.drift.SlicedRows;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.ReferenceId;
import dev.millrace.drift.profile.Slice;
import dev.millrace.drift.profile.Slicer;
import dev.millrace.drift.profile.Slicing;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SlicedCountsTest {
  private static final ReferenceId ID = new ReferenceId("v", "d");
  private static final List<Reference> REFERENCES =
      List.of(
          Reference.of("amount", 1, 2, 3, 4, 5, 6, 7, 8, 9),
          Reference.of("channel", List.of("web", "web", "web", "shop", "shop", "phone")),
          Reference.of("known", List.of("true", "true", "false")));
  private static final List<Slice> SLICES =
      List.of(
          new Slice("channel", "web"),
          new Slice("channel", "shop"),
          Slice.others("channel"),
          new Slice("known", "true"));

  private static Slicer slicer(List<Slice> slices) {
    ModelReference model =
        new ModelReference(
            "shop", "refund", "v", "d", List.of("amount", "channel", "known"), () -> REFERENCES);
    return model.with(new Slicing(slices, length -> List.of())).slicer(REFERENCES);
  }

  /** Some values are null, unseen, NaN, or of the wrong type. */
  private static @Nullable Object[] row(Random random) {
    return new @Nullable Object[] {
      random.nextInt(9) == 0 ? (Object) Double.NaN : (Object) (12 * random.nextDouble() - 1),
      List.of("web", "shop", "phone", "unseen", 5.0, "").get(random.nextInt(6)),
      random.nextInt(5) == 0 ? null : (Object) random.nextBoolean()
    };
  }

  /** Rows split over parts, each encoded at any time, make the counts of the rows one by one. */
  @Property(tries = 100)
  void equalTheTwinHoweverTheyAreSplit(
      @ForAll long seed,
      @ForAll @IntRange(max = 300) int size,
      @ForAll @IntRange(min = 1, max = 5) int parts) {
    Random random = new Random(seed);
    Slicer slicer = slicer(SLICES);
    SlicedRows twin = new SlicedRows(SLICES, REFERENCES);
    List<WindowCounts> counts = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      counts.add(new WindowCounts(REFERENCES, slicer));
    }
    WindowCounts sum = new WindowCounts(REFERENCES, slicer);
    for (int i = 0; i < size; i++) {
      @Nullable Object[] row = row(random);
      twin.add(0, row);
      int part = random.nextInt(parts);
      counts.get(part).add(row, 0, i);
      if (random.nextInt(20) == 0) {
        sum.add(counts.set(part, new WindowCounts(REFERENCES, slicer)).toPartial(ID, 0));
      }
    }
    counts.forEach(part -> sum.add(part.toPartial(ID, 0)));

    for (int slice = 0; slice < SLICES.size(); slice++) {
      for (int feature = 0; feature < REFERENCES.size(); feature++) {
        Profile expected = twin.references().get(slice).references().get(feature).profile();
        Profile counted = sum.profile(slice, feature).countsOnly();
        assertThat(counted).isEqualTo(expected.countsOnly());
        assertThat(sum.samples(slice)).isEqualTo(expected.total());
      }
    }
  }

  /** A value that happens to be named as all others has no slice of its own. */
  @Test
  void everyRowIsInOneSliceOfEachInput() {
    WindowCounts counts = new WindowCounts(REFERENCES, slicer(SLICES.subList(0, 3)));
    String[] channels = {"web", "shop", "phone", "unseen", "*"};
    for (String channel : channels) {
      counts.add(new @Nullable Object[] {1.0, channel, true}, 0, 0);
    }
    counts.add(new @Nullable Object[] {1.0, null, true}, 0, 0);

    assertThat(List.of(counts.samples(0), counts.samples(1), counts.samples(2)))
        .containsExactly(1L, 1L, 4L);
    assertThat(Slice.isPossible("*")).isFalse();
  }

  @Test
  void withoutSlicesNothingMoreIsSent() {
    WindowCounts counts = new WindowCounts(REFERENCES);
    counts.add(row(new Random(1)), 0, 0);
    assertThat(counts.toPartial(ID, 0).slices()).isEmpty();
  }

  @Test
  void damagedCountsAreRejected() {
    Slicer slicer = slicer(SLICES);
    byte[] bytes = slicer.newCounts().toBytes();
    for (byte[] damaged : List.of(new byte[] {1}, new byte[] {1, 0}, new byte[] {1, 5, 0, 100})) {
      assertThatIllegalArgumentException().isThrownBy(() -> slicer.decode(damaged));
    }
    assertThat(slicer.decode(bytes).rows()).isZero();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> slicer(List.of(Slice.others("amount"))))
        .withMessageContaining("the sliced input 'amount' has no categories");
  }
}
