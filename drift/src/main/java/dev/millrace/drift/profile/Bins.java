package dev.millrace.drift.profile;

/**
 * The bins of a feature's values, cut from the reference once and never from current data, so that
 * two profiles over the same bins can be compared and added.
 */
public sealed interface Bins permits NumberBins, CategoryBins {
  /** The number of bins. Values that fit none of them are counted as {@link UnbinnedKind}. */
  int size();

  /** The readable name of a bin: {@code "[0.5, 1.25)"}, {@code "0.0"}, {@code "'JFK'"}. */
  String label(int bin);

  /** A 64-bit digest of the bins; equal bins have equal fingerprints. */
  long fingerprint();

  /** The number of cells: the bins, and one for each kind of value without a bin. */
  default int cells() {
    return size() + UnbinnedKind.values().length;
  }

  /** The cell of values of one kind without a bin; the cell of any other value is its bin. */
  default int cell(UnbinnedKind kind) {
    return size()
        + switch (kind) {
          case NULL -> 0;
          case NAN -> 1;
          case INFINITE -> 2;
          case WRONG_TYPE -> 3;
        };
  }
}
