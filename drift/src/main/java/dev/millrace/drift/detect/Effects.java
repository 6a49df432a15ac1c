package dev.millrace.drift.detect;

import org.jspecify.annotations.Nullable;

/**
 * How large a change is, whatever its significance. From each the value expected without any
 * change, at these sample sizes, has been taken off, so that a small window is not a big drift; 0
 * means not more than chance.
 *
 * @param psi population stability index
 * @param jensenShannon Jensen-Shannon distance, base 2, from 0 to 1; {@code min_effect} bounds this
 * @param wasserstein Wasserstein-1 distance in standard deviations of the reference; null for
 *     categories, and where the reference is constant or either side has no number
 */
public record Effects(double psi, double jensenShannon, @Nullable Double wasserstein) {
  /** No effect, or none known. */
  public static final Effects NONE = new Effects(0, 0, null);
}
