package dev.millrace.drift.detect;

/** The gamma function's logarithm and the regularized incomplete gamma function. */
final class Gamma {
  /** Coefficients of Lanczos' approximation with g = 607/128 (Godfrey 2001; error below 1e-15). */
  private static final double[] LANCZOS = {
    0.9999999999999971,
    57.15623566586292,
    -59.59796035547549,
    14.136097974741746,
    -0.4919138160976202,
    3.399464998481189e-05,
    4.652362892704858e-05,
    -9.837447530487956e-05,
    0.0001580887032249125,
    -0.00021026444172410488,
    0.00021743961811521265,
    -0.0001643181065367639,
    8.441822398385275e-05,
    -2.6190838401581408e-05,
    3.6899182659531625e-06
  };

  private static final double LANCZOS_G = 607.0 / 128.0;
  private static final double EPSILON = 1e-15;
  private static final double TINY = 1e-300;
  private static final int MAX_TERMS = 100_000;

  private Gamma() {}

  /** ln Gamma(x) for x > 0. */
  static double logGamma(double x) {
    double sum = 0;
    for (int i = LANCZOS.length - 1; i > 0; i--) {
      sum += LANCZOS[i] / (x + i);
    }
    sum += LANCZOS[0];
    double t = x + LANCZOS_G + .5;
    return (x + .5) * Math.log(t) - t + .5 * Math.log(2 * Math.PI) + Math.log(sum / x);
  }

  /**
   * Q(a, x) = Gamma(a, x) / Gamma(a), for a > 0: a power series for x &lt; a + 1, Lentz' continued
   * fraction above (Numerical Recipes, 3rd edition, section 6.2).
   */
  static double regularizedUpper(double a, double x) {
    if (x <= 0) {
      return 1;
    }
    double front = Math.exp(a * Math.log(x) - x - logGamma(a));
    return x < a + 1 ? 1 - front * lowerSeries(a, x) : front * upperFraction(a, x);
  }

  private static double lowerSeries(double a, double x) {
    double term = 1 / a;
    double sum = term;
    for (int i = 1; i < MAX_TERMS && term > sum * EPSILON; i++) {
      term *= x / (a + i);
      sum += term;
    }
    return sum;
  }

  private static double upperFraction(double a, double x) {
    double b = x + 1 - a;
    double c = 1 / TINY;
    double d = 1 / b;
    double fraction = d;
    for (int i = 1; i < MAX_TERMS; i++) {
      double numerator = -i * (i - a);
      b += 2;
      d = numerator * d + b;
      d = 1 / (Math.abs(d) < TINY ? TINY : d);
      c = b + numerator / c;
      c = Math.abs(c) < TINY ? TINY : c;
      fraction *= d * c;
      if (Math.abs(d * c - 1) < EPSILON) {
        break;
      }
    }
    return fraction;
  }
}
