package dev.millrace.drift.detect;

import dev.millrace.drift.profile.CategoryBins;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.util.Arrays;

/** The counts of a categorical feature in the cells that are compared. */
final class CategoryCells {
  private CategoryCells() {}

  /**
   * The bins of categories, with OTHER, UNSEEN and all sparse bins in one: whether a rare category
   * is in the reference or only in the window is chance, so these bins are comparable only
   * together.
   */
  static BinnedSamples all(Reference reference, Profile window) {
    return pooled(reference, window.counts(), reference.profile().counts());
  }

  /** The same bins without UNSEEN. */
  static BinnedSamples seen(Reference reference, Profile window) {
    int unseen = ((CategoryBins) reference.bins()).unseen();
    return pooled(
        reference,
        Arrays.copyOf(window.counts(), unseen),
        Arrays.copyOf(reference.profile().counts(), unseen));
  }

  /** The most frequent category of the reference, after the values of all others. */
  static BinnedSamples othersAndMostFrequent(Reference reference, Profile window) {
    BinnedSamples all = new BinnedSamples(window.counts(), reference.profile().counts());
    int most = 0;
    for (int bin = 1; bin < all.size(); bin++) {
      most = all.reference(bin) > all.reference(most) ? bin : most;
    }
    long n = all.windowTotal();
    long m = all.referenceTotal();
    return new BinnedSamples(
        new long[] {n - all.window(most), all.window(most)},
        new long[] {m - all.reference(most), all.reference(most)});
  }

  private static BinnedSamples pooled(Reference reference, long[] window, long[] counts) {
    int other = ((CategoryBins) reference.bins()).other();
    return new BinnedSamples(window, counts)
        .poolChosenByChance(other)
        .poolSparse(ChiSquare.LEAST_EXPECTED, other);
  }
}
