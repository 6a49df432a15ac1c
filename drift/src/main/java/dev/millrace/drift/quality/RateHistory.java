package dev.millrace.drift.quality;

import dev.millrace.drift.calibration.Prediction;
import dev.millrace.drift.quality.Disparity.Measure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.numbers.gamma.Erfc;

/**
 * The decisions of a slice and of all other rows, by window; of windows shorter than a day by day,
 * since slices differ by hour.
 *
 * @param slice its name
 * @param units the newest ones, in the order of time
 */
public record RateHistory(String slice, List<Unit> units) {
  /** Older ones are removed, so that a disparity that begins is found. */
  static final int MOST_UNITS = 30;

  /** Fewer hardly show how much a ratio varies. */
  static final int LEAST_UNITS = 10;

  /** The normal approximation of a share needs 5 events (Cochran, Biometrics 10, 1954). */
  private static final double LEAST_EVENTS = 5;

  private static final double MOST_AUTOCORRELATION = 0.8;

  /** Copies the units. */
  public RateHistory {
    units = List.copyOf(units);
  }

  /**
   * The decisions of a day, or a longer window.
   *
   * @param number of days, or windows, since 1970
   */
  public record Unit(long number, Confusion slice, Confusion rest) {
    private Unit plus(Unit other) {
      return new Unit(number, slice.plus(other.slice), rest.plus(other.rest));
    }

    private static Unit sum(List<Unit> units) {
      return units.stream().reduce(new Unit(0, Confusion.NONE, Confusion.NONE), Unit::plus);
    }

    private Unit minus(Unit part) {
      return new Unit(number, slice.minus(part.slice), rest.minus(part.rest));
    }
  }

  /**
   * A ratio over all units.
   *
   * @param slice its name
   * @param ratio rate of the slice over that of all other rows
   * @param units that it was computed from
   * @param newestUnit number of the newest of them
   * @param p probability of such a ratio if the true one is within the limits
   */
  public record Ratio(
      String slice, Measure measure, double ratio, int units, long newestUnit, double p) {
    /** Whether the estimate is below the limit, or above its inverse. */
    boolean isBeyond(double limit) {
      return Math.min(ratio, 1 / ratio) < limit;
    }
  }

  RateHistory plus(Unit unit) {
    List<Unit> more = new ArrayList<>(units);
    int last = more.size() - 1;
    if (last >= 0 && more.get(last).number() == unit.number()) {
      more.set(last, more.get(last).plus(unit));
    } else {
      more.add(unit);
    }
    return new RateHistory(slice, more.subList(Math.max(0, more.size() - MOST_UNITS), more.size()));
  }

  long lastNumber() {
    return units.get(units.size() - 1).number();
  }

  /**
   * The ratios of the units before one.
   *
   * @param beforeNumber of the first unit that is not complete
   * @param minSamples rows of a unit below which it is left out
   * @param limit a ratio below it, or above its inverse, is a disparity
   */
  List<Ratio> ratios(long beforeNumber, int minSamples, double limit) {
    List<Ratio> ratios = new ArrayList<>();
    for (Measure measure : Measure.values()) {
      List<Unit> compared =
          units.stream()
              .filter(unit -> unit.number() < beforeNumber)
              .filter(unit -> measure.total(unit.slice()) >= minSamples)
              .filter(unit -> measure.total(unit.rest()) >= minSamples)
              .toList();
      if (compared.size() >= LEAST_UNITS && hasEvents(measure, Unit.sum(compared))) {
        ratios.add(ratio(measure, compared, limit));
      }
    }
    return ratios;
  }

  private static boolean hasEvents(Measure measure, Unit sum) {
    double events = measure.events(sum.slice()) + (double) measure.events(sum.rest());
    double n = measure.total(sum.slice());
    double m = measure.total(sum.rest());
    return events / (n + m) * Math.min(n, m) >= LEAST_EVENTS;
  }

  /**
   * The ratio must be beyond the limits by more than units vary and by more than independent rows
   * do. The variance between units of the logarithm is that of the jackknife (Efron, Stein, Annals
   * of Statistics 9, 1981), with Student's distribution; where neighbouring units depend on each
   * other there are fewer.
   */
  private Ratio ratio(Measure measure, List<Unit> compared, double limit) {
    Unit sum = Unit.sum(compared);
    double all = logRatio(measure, sum);
    int n = compared.size();
    double[] without =
        compared.stream().mapToDouble(each -> logRatio(measure, sum.minus(each))).toArray();
    double mean = Arrays.stream(without).average().orElse(all);
    double squares = 0;
    double products = 0;
    double before = 0;
    for (double each : without) {
      squares += (each - mean) * (each - mean);
      products += (each - mean) * before;
      before = each - mean;
    }
    double r = squares == 0 ? 0 : Math.min(MOST_AUTOCORRELATION, Math.max(0, products / squares));
    double variance = squares * (n - 1) / n * (1 + r) / (1 - r);
    double freedom = Math.max(2, (n - 1) * (1 - r) / (1 + r));
    double beyond = Math.abs(all) + Math.log(limit);
    double t = beyond / Math.sqrt(variance);
    double ofUnits = 2 * Prediction.student(t, freedom);
    double ofRows = Erfc.value(beyond / Math.sqrt(2 * varianceOfRows(measure, sum)));
    double p = beyond <= 0 ? 1 : Math.max(ofUnits, ofRows);
    long newest = compared.get(n - 1).number();
    return new Ratio(slice, measure, Math.exp(all), n, newest, p);
  }

  private static double logRatio(Measure measure, Unit unit) {
    return Math.log(
        (measure.events(unit.slice()) + 0.5)
            / (measure.total(unit.slice()) + 0.5)
            / ((measure.events(unit.rest()) + 0.5) / (measure.total(unit.rest()) + 0.5)));
  }

  private static double varianceOfRows(Measure measure, Unit unit) {
    return 1 / (measure.events(unit.slice()) + 0.5)
        - 1 / (measure.total(unit.slice()) + 0.5)
        + 1 / (measure.events(unit.rest()) + 0.5)
        - 1 / (measure.total(unit.rest()) + 0.5);
  }
}
