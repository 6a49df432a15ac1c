package dev.millrace.drift.sequence;

/**
 * The values that the parameter t of an {@link ErrorReference} may have without a change, given
 * labels: equally spaced over four standard deviations on both sides of the most likely one.
 */
final class PosteriorGrid {
  static final int NODES = 13;

  /** Beyond are 6e-5 of a normal distribution. */
  private static final double DEVIATIONS = 4;

  /** Errors of all or of no row have a t beyond this. */
  private static final double LARGEST = 700;

  /** A double has 53 bits. */
  private static final int HALVINGS = 64;

  private final double[] nodes = new double[NODES];
  private final double[] partitions = new double[NODES];
  private final double spacing;

  PosteriorGrid(ErrorReference reference, double labels, double errors) {
    double center = mode(reference, errors / labels);
    double deviation = 1 / StrictMath.sqrt(labels * reference.variance(center));
    spacing = 2 * DEVIATIONS * deviation / (NODES - 1);
    for (int g = 0; g < NODES; g++) {
      nodes[g] = center + (g - (NODES - 1) / 2.0) * spacing;
      partitions[g] = reference.logPartition(nodes[g]);
    }
  }

  /** The t at which the mean error is the given one. */
  static double mode(ErrorReference reference, double mean) {
    double low = -LARGEST;
    double high = LARGEST;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      if (reference.mean(middle) < mean) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }

  double node(int g) {
    return nodes[g];
  }

  double partition(int g) {
    return partitions[g];
  }

  /** The logarithm of the density of a node given labels and the sum of their errors. */
  double logDensity(int g, double labels, double errors) {
    return nodes[g] * errors - labels * partitions[g];
  }

  /** The probability of each node given labels and the sum of their errors. */
  double[] weights(double labels, double errors) {
    double[] weights = new double[NODES];
    double largest = Double.NEGATIVE_INFINITY;
    for (int g = 0; g < NODES; g++) {
      weights[g] = logDensity(g, labels, errors);
      largest = Math.max(largest, weights[g]);
    }
    double sum = 0;
    for (int g = 0; g < NODES; g++) {
      weights[g] = StrictMath.exp(weights[g] - largest);
      sum += weights[g];
    }
    for (int g = 0; g < NODES; g++) {
      weights[g] /= sum;
    }
    return weights;
  }

  /** Whether t is not beyond the first and the last node. */
  boolean contains(double t) {
    return t >= nodes[0] && t <= nodes[NODES - 1];
  }

  /** The value at t of a function known at the nodes: the cubic through the four nodes around t. */
  double interpolate(double[] values, double t) {
    double position = (t - nodes[0]) / spacing;
    int first = Math.min(Math.max((int) position - 1, 0), NODES - 4);
    double sum = 0;
    for (int i = first; i < first + 4; i++) {
      double product = values[i];
      for (int k = first; k < first + 4; k++) {
        product *= k == i ? 1 : (position - k) / (i - k);
      }
      sum += product;
    }
    return sum;
  }
}
