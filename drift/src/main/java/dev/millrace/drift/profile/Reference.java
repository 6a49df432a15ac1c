package dev.millrace.drift.profile;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * What a feature looked like when its model was trained.
 *
 * @param feature the name of a pipeline input, or {@code score}
 * @param profile the counts over the bins cut from these values; not to be added to
 * @param mean the mean of the finite numbers; 0 for categories, where there is none, and where it
 *     would overflow
 * @param sd their standard deviation, of the population; 0 likewise
 * @param distinct about how many different values there were, of those in bins; standard error 4.6
 *     %
 * @param singletons how many categories occurred once only; 0 for numbers
 * @param doubletons how many categories occurred exactly twice; 0 for numbers; null where the
 *     profile was written without them
 */
public record Reference(
    String feature,
    Profile profile,
    double mean,
    double sd,
    long distinct,
    long singletons,
    @Nullable Long doubletons) {
  /** Name of the feature that stands for the model's score. */
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
   * The same with bins for {@link SinglePrecision}, as it would have been built from values in
   * single precision: edges are moved to the nearest float, and bins that become one are added up.
   */
  public Reference inSinglePrecision() {
    return SinglePrecision.of(this);
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
}
