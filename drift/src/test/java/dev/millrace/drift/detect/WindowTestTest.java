package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WindowTestTest {
  private static final WindowTest TEST = new WindowTest(1e-4, 0.02, 200);
  private final SplittableRandom random = new SplittableRandom(7);

  private double[] gaussian(int n, double mean) {
    return IntStream.range(0, n).mapToDouble(i -> random.nextGaussian() + mean).toArray();
  }

  private static Profile window(Reference reference, double... values) {
    Profile profile = reference.newProfile();
    for (double value : values) {
      profile.add(value);
    }
    return profile;
  }

  @Test
  void aShiftIsDriftAndTheSameIsNot() {
    Reference reference = Reference.of("amount", gaussian(20_000, 0));

    WindowResult same = TEST.test(reference, window(reference, gaussian(2_000, 0)));
    WindowResult shifted = TEST.test(reference, window(reference, gaussian(2_000, 0.5)));

    assertThat(same.verdict()).isEqualTo(Verdict.OK);
    assertThat(shifted.verdict()).isEqualTo(Verdict.DRIFT);
    assertThat(shifted.effects().wasserstein()).isBetween(0.45, 0.55);
  }

  @Test
  void newCategoriesAndNullsAreDrift() {
    Reference reference =
        Reference.of("device", IntStream.range(0, 5_000).mapToObj(i -> "d" + i % 7).toList());
    Profile nulls = reference.newProfile();
    Profile unseen = reference.newProfile();
    for (int i = 0; i < 1000; i++) {
      nulls.addObject(i % 50 == 0 ? null : "d" + i % 7);
      unseen.addObject(i % 50 == 0 ? "new" : "d" + i % 7);
    }
    List<WindowResult> results = List.of(TEST.test(reference, nulls), TEST.test(reference, unseen));
    assertThat(results).extracting(WindowResult::verdict).containsOnly(Verdict.DRIFT);
    assertThat(results)
        .extracting(WindowResult::test)
        .containsExactly(TestName.NULL_SHARE, TestName.UNSEEN_SHARE);
  }
}
