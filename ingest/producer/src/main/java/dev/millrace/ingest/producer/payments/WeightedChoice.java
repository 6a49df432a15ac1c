package dev.millrace.ingest.producer.payments;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Picks an index with a probability proportional to its weight. */
final class WeightedChoice {
  private final double[] cumulative;

  WeightedChoice(double... weights) {
    cumulative = new double[weights.length];
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      if (!(weights[i] >= 0)) {
        throw new IllegalArgumentException("weight " + i + " is " + weights[i] + ", not >= 0");
      }
      sum += weights[i];
      cumulative[i] = sum;
    }
    if (!(sum > 0)) {
      throw new IllegalArgumentException("no weight is above 0");
    }
  }

  int pick(RandomGenerator random) {
    double target = random.nextDouble() * cumulative[cumulative.length - 1];
    int found = Arrays.binarySearch(cumulative, target);
    // A draw equal to a sum belongs to the next index: each index has [sum before it, sum with it).
    int index = found >= 0 ? found + 1 : -found - 1;
    return Math.min(index, cumulative.length - 1);
  }
}
