package dev.millrace.drift.calibration;

import dev.millrace.drift.calibration.SeasonalForecast.Figure;
import java.util.ArrayList;
import java.util.List;

/**
 * A share of rows, such as that of wrong decisions, by hour of the day, and how much more it varies
 * between windows than independent rows would. A detector divides its evidence by this dispersion,
 * so that the weather of a day is no drift.
 *
 * <p>Two corrections keep the dispersion from being too small. Few windows give a poor estimate:
 * the upper bound of 90 % confidence is taken, with the chi-square distribution. Neighbouring
 * windows share their causes: the variance of a sum over many windows is (1 + r) / (1 - r) times as
 * large with an autocorrelation r of first order (Bartlett, Supplement to the JRSS 8, 1946).
 */
public final class HourlyShares {
  private static final int HOURS = 24;
  private static final double CONFIDENCE = 0.9;
  private static final long HOUR_MILLIS = 3_600_000;

  /** One-sided, of the test whether hours differ. */
  private static final double CONFIDENT = 0.99;

  /**
   * Hours in which events vary less than this are counted together, since chi-square needs more.
   */
  private static final double LEAST_VARIANCE = 5;

  private HourlyShares() {}

  /**
   * Rows of a window.
   *
   * @param startMillis in event time
   * @param rows at least 1
   * @param events those of the rows that are counted
   */
  public record Counted(long startMillis, long rows, long events) {
    /** The variance of the transformed share is about 1 / (4n + 2) (Anscombe, 1948). */
    Figure figure() {
      return new Figure(startMillis, angle(events, rows), 1 / (4.0 * rows + 2));
    }
  }

  /**
   * What windows show.
   *
   * @param shares of the 24 hours of the day; empty if they do not differ
   * @param dispersion at least 1
   */
  public record Fit(List<Double> shares, double dispersion) {
    /** Copies the shares. */
    public Fit {
      shares = List.copyOf(shares);
    }
  }

  /** The angle of a share, whose variance does not depend on it (Anscombe, Biometrika 35, 1948). */
  public static double angle(long events, long rows) {
    return StrictMath.asin(Math.sqrt((events + 0.375) / (rows + 0.75)));
  }

  /** The share of an {@link #angle}. */
  public static double share(double angle) {
    double sine = StrictMath.sin(angle);
    return sine * sine;
  }

  /**
   * @param windows at least 3, in the order of time
   * @param windowMillis length of a window
   */
  public static Fit of(List<Counted> windows, long windowMillis) {
    SeasonalForecast season =
        SeasonalForecast.of(windows.stream().map(Counted::figure).toList(), windowMillis);
    double rows = 0;
    double events = 0;
    for (Counted each : windows) {
      rows += each.rows();
      events += each.events();
    }
    double all = (events + 0.5) / (rows + 1);
    boolean seasonal = season.isSeasonal() && hoursDiffer(windows, all);
    double pearson = 0;
    for (Counted each : windows) {
      double share = seasonal ? share(season.mean(each.startMillis())) : all;
      double gap = each.events() - each.rows() * share;
      pearson += gap * gap / (each.rows() * share * (1 - share));
    }
    double r = season.autocorrelation();
    double degrees = windows.size() - (seasonal ? season.estimatedMeans() : 1);
    double bound = pearson / Tails.chiSquareQuantile(1 - CONFIDENCE, Math.max(1, degrees));
    List<Double> shares = new ArrayList<>();
    for (int hour = 0; hour < HOURS && seasonal; hour++) {
      shares.add(share(season.mean(hour * HOUR_MILLIS)));
    }
    return new Fit(shares, Math.max(1, bound * (1 + r) / (1 - r)));
  }

  /**
   * Whether the sums of the hours of the day differ, by chi-square. The angle of no event in n rows
   * depends on n, so rare events alone would make hours with few rows a season.
   *
   * @param all the share of all rows
   */
  private static boolean hoursDiffer(List<Counted> windows, double all) {
    double[] rows = new double[HOURS];
    double[] events = new double[HOURS];
    for (Counted each : windows) {
      int hour = (int) Math.floorMod(Math.floorDiv(each.startMillis(), HOUR_MILLIS), (long) HOURS);
      rows[hour] += each.rows();
      events[hour] += each.events();
    }
    double statistic = 0;
    int hours = 0;
    double restRows = 0;
    double restEvents = 0;
    for (int hour = 0; hour < HOURS; hour++) {
      if (variance(rows[hour], all) >= LEAST_VARIANCE) {
        statistic += squared(rows[hour], events[hour], all);
        hours++;
      } else {
        restRows += rows[hour];
        restEvents += events[hour];
      }
    }
    if (variance(restRows, all) >= LEAST_VARIANCE) {
      statistic += squared(restRows, restEvents, all);
      hours++;
    }
    return hours > 1 && statistic > Tails.chiSquareQuantile(CONFIDENT, hours - 1.0);
  }

  private static double variance(double rows, double share) {
    return rows * share * (1 - share);
  }

  private static double squared(double rows, double events, double share) {
    double gap = events - rows * share;
    return gap * gap / variance(rows, share);
  }
}
