package dev.millrace.drift.profile;

import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The distribution of a feature in the training data of its model.
 *
 * @param feature the name of a pipeline input, or {@code score}
 * @param profile the counts over the bins cut from these values; not to be added to
 * @param mean the mean of the finite numbers; 0 for categories, without numbers, and if it would
 *     overflow
 * @param sd their standard deviation, of the population; 0 in the same cases
 * @param distinct approximate number of different values in bins; standard error 4.6 %
 * @param singletons number of categories that occurred exactly once; 0 for numbers
 * @param doubletons number of categories that occurred exactly twice; 0 for numbers; null if the
 *     profile was written without it
 */
public record Reference(
    String feature,
    Profile profile,
    double mean,
    double sd,
    long distinct,
    long singletons,
    @Nullable Long doubletons)
    implements CountedFeature {
  /** Feature name of the model's score. */
  public static final String SCORE = "score";

  /** The reference of numbers held in memory. */
  public static Reference of(String feature, double... values) {
    ProfileBuilder builder = ProfileBuilder.numbers(feature);
    for (double value : values) {
      builder.add(value);
    }
    builder.cut();
    for (double value : values) {
      builder.add(value);
    }
    return builder.build();
  }

  /** The reference of categories held in memory. */
  public static Reference of(String feature, Collection<String> values) {
    ProfileBuilder builder = ProfileBuilder.categories(feature);
    values.forEach(builder::add);
    builder.cut();
    values.forEach(builder::add);
    return builder.build();
  }

  /**
   * This reference with bins in {@link SinglePrecision}, as built from values in single precision:
   * edges are moved to the nearest float, and counts of bins that coincide are added up.
   */
  public Reference inSinglePrecision() {
    return SinglePrecision.of(this);
  }

  /**
   * This reference with the counts of other values over its bins, such as those of a part of it.
   * Extremes, mean and deviation stay those of the whole.
   */
  public Reference withCounts(Profile counts) {
    Map<UnbinnedKind, Long> unbinned = new EnumMap<>(UnbinnedKind.class);
    for (UnbinnedKind kind : UnbinnedKind.values()) {
      unbinned.put(kind, counts.count(kind));
    }
    Profile other = Profile.of(bins(), counts.counts(), unbinned, profile.min(), profile.max());
    return new Reference(feature, other, mean, sd, distinct, singletons, doubletons);
  }

  /** The bins. */
  public Bins bins() {
    return profile.bins();
  }

  /** The number of values, those without a bin included. */
  public long total() {
    return profile.total();
  }

  /** An empty profile over the same bins, to count a window with. */
  public Profile newProfile() {
    return new Profile(profile.bins());
  }

  @Override
  public Profile newCounts() {
    return newProfile();
  }

  @Override
  public Profile decode(byte[] bytes) {
    return Profile.fromBytes(profile.bins(), bytes);
  }
}
