package dev.millrace.drift.calibration;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The distribution of the next window's figure, from calm windows. The window is the unit: figures
 * of windows differ by more than chance, since the rows of a window have causes in common. Windows
 * shorter than a day are compared with those of the same hour of the day.
 *
 * <p>A window's figure is the mean of its hour, plus the deviation of the window, plus the error of
 * the figure, whose variance is known. The variance between windows of the same hour is pooled over
 * the hours, and that between hours comes from the hours' means: both are moment estimates of
 * DerSimonian and Laird (Controlled Clinical Trials 7, 1986). The mean of an hour is moved towards
 * that of all hours by its share of chance (shrinkage; Efron, Morris, JASA 70, 1975), so that a
 * stream without a daily season is compared with all windows.
 *
 * <p>The next figure has Student's t distribution (prediction interval of Higgins, Thompson and
 * Spiegelhalter, JRSS A 172, 2009), with one degree of freedom less for each mean and one less for
 * the variance. Where neighbouring windows depend on each other they are fewer by the factor (1 -
 * r) / (1 + r) for the autocorrelation r (Bartlett, Supplement to the JRSS 8, 1946).
 */
public final class SeasonalForecast {
  private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();
  private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();
  private static final int HOURS = 24;

  /** As many as quality and concept need. */
  private static final int FIRST = 14;

  /** A greater autocorrelation cannot be told from few windows. */
  private static final double MOST_AUTOCORRELATION = 0.8;

  /** Less, and Student's distribution has no variance. */
  private static final double LEAST_FREEDOM = 2;

  private final boolean byHour;
  private final double[] means = new double[HOURS];
  private final double[] variancesOfMeans = new double[HOURS];
  private double between;
  private double freedom;
  private double correlation;
  private boolean seasonal;
  private int estimated;

  /**
   * The figure of a window.
   *
   * @param startMillis in event time
   * @param value on a scale on which windows are about normally distributed
   * @param variance of the error of the value, above 0
   */
  public record Figure(long startMillis, double value, double variance) {}

  private SeasonalForecast(boolean byHour) {
    this.byHour = byHour;
  }

  /**
   * @param calm at least 3 figures, in the order of time
   * @param windowMillis length of a window
   */
  public static SeasonalForecast of(List<Figure> calm, long windowMillis) {
    SeasonalForecast forecast = new SeasonalForecast(windowMillis < DAY_MILLIS);
    forecast.fit(calm);
    return forecast;
  }

  /**
   * Whether a window adds to what earlier ones show of its hour: of windows shorter than an hour
   * the first ones are kept, so that they can be told from unusual ones, and then one of each hour,
   * so that state stays small.
   *
   * @param kept number of windows that were kept
   * @param lastMillis start of the last one of them
   */
  public static boolean addsTo(int kept, long lastMillis, long startMillis) {
    return kept < FIRST
        || Math.floorDiv(startMillis, HOUR_MILLIS) > Math.floorDiv(lastMillis, HOUR_MILLIS);
  }

  /**
   * How many windows show a season: 60, and at least those of 14 days, one of each hour after the
   * first.
   */
  public static int enough(long windowMillis) {
    int ofFirstHour = windowMillis < HOUR_MILLIS ? FIRST : 0;
    return (int) Math.max(60, ofFirstHour + 14 * DAY_MILLIS / Math.max(windowMillis, HOUR_MILLIS));
  }

  private int slot(long startMillis) {
    return byHour ? (int) (Math.floorMod(startMillis, DAY_MILLIS) / HOUR_MILLIS) : 0;
  }

  private void fit(List<Figure> calm) {
    List<List<Figure>> slots = new ArrayList<>();
    for (int h = 0; h < HOURS; h++) {
      slots.add(new ArrayList<>());
    }
    calm.forEach(each -> slots.get(slot(each.startMillis())).add(each));
    int used = (int) slots.stream().filter(slot -> !slot.isEmpty()).count();
    double q = 0;
    double scale = 0;
    for (List<Figure> slot : slots) {
      Mean fixed = Mean.of(slot, 0);
      q += fixed.squares;
      scale += fixed.scale();
    }
    between = scale <= 0 ? 0 : Math.max(0, (q - (calm.size() - used)) / scale);
    shrink(slots, used);
    correlation = autocorrelation(calm);
    estimated = seasonal ? used : 1;
    freedom =
        Math.max(
            LEAST_FREEDOM, (calm.size() - 1 - estimated) * (1 - correlation) / (1 + correlation));
  }

  private void shrink(List<List<Figure>> slots, int used) {
    List<Figure> hours = new ArrayList<>();
    for (List<Figure> slot : slots) {
      if (!slot.isEmpty()) {
        Mean mean = Mean.of(slot, between);
        hours.add(new Figure(0, mean.value, 1 / mean.weight));
      }
    }
    Mean fixed = Mean.of(hours, 0);
    double scale = fixed.scale();
    double ofHours = scale <= 0 ? 0 : Math.max(0, (fixed.squares - (used - 1)) / scale);
    Mean all = Mean.of(hours, ofHours);
    seasonal = ofHours > 0;
    for (int h = 0; h < HOURS; h++) {
      Mean mean = Mean.of(slots.get(h), between);
      double own = mean.weight == 0 ? 0 : ofHours / (ofHours + 1 / mean.weight);
      means[h] = all.value + own * (mean.value - all.value);
      variancesOfMeans[h] = (1 - own) * ofHours + (1 - own) * (1 - own) / all.weight;
    }
  }

  /**
   * A weighted mean, as if windows had a variance of their own.
   *
   * @param pairs sum of the products of the weights of two figures
   */
  private record Mean(double value, double weight, double pairs, double squares) {
    static Mean of(List<Figure> figures, double between) {
      double weight = 0;
      double pairs = 0;
      double sum = 0;
      for (Figure each : figures) {
        double one = 1 / (between + each.variance());
        pairs += one * weight;
        weight += one;
        sum += one * each.value();
      }
      double mean = weight == 0 ? 0 : sum / weight;
      double squares = 0;
      for (Figure each : figures) {
        double gap = each.value() - mean;
        squares += gap * gap / (between + each.variance());
      }
      return new Mean(mean, weight, pairs, squares);
    }

    /**
     * The sum of the weights less that of their squares over it. The difference itself would be 0
     * where one figure has nearly all the weight.
     */
    double scale() {
      return weight == 0 ? 0 : 2 * pairs / weight;
    }
  }

  private double autocorrelation(List<Figure> calm) {
    double squares = 0;
    double products = 0;
    double before = 0;
    for (Figure each : calm) {
      double gap = (each.value() - mean(each.startMillis())) / Math.sqrt(between + each.variance());
      squares += gap * gap;
      products += gap * before;
      before = gap;
    }
    return squares == 0 ? 0 : Math.min(MOST_AUTOCORRELATION, Math.max(0, products / squares));
  }

  /** The expected figure of a window. */
  public double mean(long startMillis) {
    return means[slot(startMillis)];
  }

  /** Whether the means of the hours differ by more than chance. */
  boolean isSeasonal() {
    return seasonal;
  }

  /** The number of means that were taken from the windows. */
  int estimatedMeans() {
    return estimated;
  }

  /** Of neighbouring windows, from 0 to 0.8. */
  double autocorrelation() {
    return correlation;
  }

  /** Probability that a calm window's figure is at most this. */
  public double probabilityOfLess(Figure next) {
    double variance = between + variancesOfMeans[slot(next.startMillis())] + next.variance();
    double t = (next.value() - mean(next.startMillis())) / Math.sqrt(variance);
    return Prediction.student(-t, freedom);
  }
}
