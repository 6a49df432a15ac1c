package dev.millrace.drift.profile;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * The predictions with one value of an input, or with any value of it that has no slice of its own.
 *
 * @param input the name of a pipeline input of text or booleans
 * @param value null: all other values, those that the training data do not have and null included
 */
public record Slice(String input, @Nullable String value) implements Serializable {
  /** Largest number of slices of one input, that of all other values included. */
  public static final int MOST_OF_INPUT = 20;

  /**
   * Largest number of slices of all inputs together: each window of each of them takes as much
   * memory as a window without slices.
   */
  public static final int MOST = 40;

  private static final String OTHERS = "*";

  /** Names of inputs contain no blanks. */
  private static final String IN = " in ";

  /** The slice of all values of an input that have no slice of their own. */
  public static Slice others(String input) {
    return new Slice(input, null);
  }

  /**
   * Whether a value can have a slice of its own: {@code *} cannot, since it is the name of all
   * others.
   */
  public static boolean isPossible(String value) {
    return !value.equals(OTHERS);
  }

  /** Whether it is the slice of all values without a slice of their own. */
  public boolean isOthers() {
    return value == null;
  }

  /** The name in reports: {@code channel=web}, or {@code channel=*} for all other values. */
  public String name() {
    return input + "=" + (value == null ? OTHERS : value);
  }

  /**
   * The name of a feature in a slice: {@code amount in channel=web}.
   *
   * @param slice the name of a slice; empty: the feature of all predictions
   */
  public static String nameOf(String feature, String slice) {
    return slice.isEmpty() ? feature : feature + IN + slice;
  }

  /** The name of the slice of {@link #nameOf}; empty if the feature is of no slice. */
  public static String sliceOf(String name) {
    int in = name.indexOf(IN);
    return in < 0 ? "" : name.substring(in + IN.length());
  }

  /** The feature of {@link #nameOf}; the same name if it is of no slice. */
  public static String featureOf(String name) {
    int in = name.indexOf(IN);
    return in < 0 ? name : name.substring(0, in);
  }
}
