package dev.millrace.drift.detect;

import org.jspecify.annotations.Nullable;

/**
 * The size of a change, independent of its significance. From each effect the value expected
 * without any change at these sample sizes is subtracted, so that a small window does not look like
 * a large drift; 0 means: not more than chance.
 *
 * @param psi population stability index
 * @param jensenShannon Jensen-Shannon distance, base 2, from 0 to 1; {@code min_effect} bounds this
 * @param wasserstein Wasserstein-1 distance in standard deviations of the reference; null for
 *     categories, and where the reference is constant or either side has no numbers
 */
public record Effects(double psi, double jensenShannon, @Nullable Double wasserstein) {
  /** No effect, or an effect that was not computed. */
  public static final Effects NONE = new Effects(0, 0, null);
}
