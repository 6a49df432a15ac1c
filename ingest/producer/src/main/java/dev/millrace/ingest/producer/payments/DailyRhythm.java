package dev.millrace.ingest.producer.payments;

import java.time.Duration;

/**
 * The distribution of payments over the hours of a day (UTC).
 *
 * <p>Arrivals are drawn in <em>operational</em> time, at a constant rate, and mapped to the clock
 * here (the time-change theorem of Poisson processes: Daley and Vere-Jones, An Introduction to the
 * Theory of Point Processes, 7.4). Every day is the same; there is no weekly rhythm, since a drift
 * detector compares days.
 */
final class DailyRhythm {
  /**
   * Relative weight of each hour. Chosen, not measured: the usual shape for card payments, with a
   * trough at night, a plateau from late morning, a peak after work.
   */
  private static final double[] HOURLY = {
    1.2, 0.8, 0.6, 0.6, 0.7, 1.2, 2.2, 3.6, 4.6, 5.2, 5.6, 6.2,
    6.8, 6.2, 5.8, 5.8, 6.4, 7.4, 7.6, 6.4, 5.0, 4.0, 3.0, 2.0
  };

  private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();
  private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();
  private static final double[] CUMULATIVE = cumulative();

  private DailyRhythm() {}

  /**
   * Clock time of an operational time.
   *
   * @param operationalDays days since the simulated start, each holding the same share of arrivals
   * @return milliseconds since the simulated start, a midnight; never decreasing in its argument
   */
  static long clockMillis(double operationalDays) {
    double day = StrictMath.floor(operationalDays);
    double share = operationalDays - day;
    int hour = 0;
    while (hour < 23 && CUMULATIVE[hour + 1] <= share) {
      hour++;
    }
    double within = (share - CUMULATIVE[hour]) / (CUMULATIVE[hour + 1] - CUMULATIVE[hour]);
    return ((long) day) * DAY_MILLIS + hour * HOUR_MILLIS + (long) (within * HOUR_MILLIS);
  }

  private static double[] cumulative() {
    double sum = 0;
    for (double weight : HOURLY) {
      sum += weight;
    }
    double[] result = new double[HOURLY.length + 1];
    double before = 0;
    for (int hour = 0; hour < HOURLY.length; hour++) {
      before += HOURLY[hour];
      result[hour + 1] = before / sum;
    }
    return result;
  }
}
