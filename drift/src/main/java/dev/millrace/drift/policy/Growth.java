package dev.millrace.drift.policy;

import dev.millrace.drift.profile.Slice;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** When a change that has been reported is reported again. */
final class Growth {
  /**
   * If a size has doubled, the data are as far from those that were reported as these were from the
   * training data. Since a size is at most 1, a large one has grown if its remainder up to 1 has
   * halved.
   */
  private static final double GROWN = 2;

  private Growth() {}

  /**
   * Whether a change has not been reported, or has grown since. Where a feature was reported for
   * all predictions, its change in a slice is new if it is larger by as much.
   *
   * @param reported the sizes that were reported, from 0 to 1
   * @param name of the feature, or of the feature in a slice
   * @param size the present size, from 0 to 1
   */
  static boolean isNew(Map<String, Double> reported, String name, double size) {
    Double known = reported.get(name);
    return isNew(known == null ? reported.get(Slice.featureOf(name)) : known, size);
  }

  /**
   * Whether a change has not been reported, or has grown since.
   *
   * @param reported the size that was reported, from 0 to 1; null if none was
   * @param size the present size, from 0 to 1
   */
  static boolean isNew(@Nullable Double reported, double size) {
    return reported == null
        || (size > reported && (size >= GROWN * reported || GROWN * (1 - size) < 1 - reported));
  }
}
