package dev.millrace.drift.quality;

import dev.millrace.drift.quality.Metric.Name;
import dev.millrace.schemas.operation.ExactSum;
import dev.millrace.schemas.operation.StateReader;
import dev.millrace.schemas.operation.StateWriter;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Two models, champion and shadow, on the same labelled events: counts and exact sums that add up.
 * Encoded it takes less than 4 KB. Not thread-safe.
 */
public final class PairedCounts {
  /** By the metric that is the mean of the loss, or its root. */
  private final Map<Name, PairedLoss> losses = new TreeMap<>();

  /** Squared errors of a regression. */
  private final ExactSum firstSquares = new ExactSum();

  private final ExactSum secondSquares = new ExactSum();
  private long rows;
  private long onlyFirst;
  private long onlySecond;

  /**
   * Counts an event.
   *
   * @param label of two classes, 0 or 1, where {@code isBinary}; an event with another one is not
   *     counted
   * @param part of the window; negative: parts are not counted
   */
  void add(QualityRow first, QualityRow second, double label, boolean isBinary, int part) {
    if (!isBinary) {
      addRegression(first.score() - label, second.score() - label, part);
    } else if (label == 0 || label == 1) {
      rows++;
      addDecisions(first.decision(), second.decision(), label == 1, part);
      addProbabilities(first.score(), second.score(), label == 1, part);
    }
  }

  private void addRegression(double first, double second, int part) {
    if (!(Math.max(Math.abs(first), Math.abs(second)) < RegressionCounts.GREATEST_ERROR)) {
      return;
    }
    rows++;
    loss(Name.MAE).add(Math.abs(second) - Math.abs(first), part);
    loss(Name.RMSE).add(second * second - first * first, part);
    firstSquares.add(first * first);
    secondSquares.add(second * second);
  }

  private void addDecisions(
      @Nullable Boolean first, @Nullable Boolean second, boolean label, int part) {
    if (first == null || second == null) {
      return;
    }
    boolean firstIsRight = first == label;
    boolean secondIsRight = second == label;
    onlyFirst += firstIsRight && !secondIsRight ? 1 : 0;
    onlySecond += secondIsRight && !firstIsRight ? 1 : 0;
    loss(Name.ACCURACY).add((secondIsRight ? 1 : 0) - (firstIsRight ? 1 : 0), part);
  }

  private void addProbabilities(double first, double second, boolean label, int part) {
    if (first >= 0 && first <= 1 && second >= 0 && second <= 1) {
      loss(Name.BRIER).add(squared(second, label) - squared(first, label), part);
      loss(Name.LOG_LOSS).add(logarithmic(second, label) - logarithmic(first, label), part);
    }
  }

  private PairedLoss loss(Name name) {
    return losses.computeIfAbsent(name, unknown -> new PairedLoss());
  }

  /** Events counted. */
  public long rows() {
    return rows;
  }

  /** The losses that each event has. */
  Map<Name, PairedLoss> losses() {
    Map<Name, PairedLoss> complete = new TreeMap<>(losses);
    complete.values().removeIf(loss -> loss.rows() < rows);
    return complete;
  }

  /** How much more a loss differs between the parts of the window than of independent events. */
  Overdispersion dispersion(Name name) {
    PairedLoss loss = losses.get(name);
    return loss == null ? Overdispersion.NONE : loss.dispersion();
  }

  /** Events that only the first model decided as their label. */
  long onlyFirst() {
    return onlyFirst;
  }

  /** Events that only the second model decided as their label. */
  long onlySecond() {
    return onlySecond;
  }

  /** The root mean square error of the first model, plus that of the second one. */
  double sumOfRootMeanSquares() {
    return Math.sqrt(firstSquares.value() / rows) + Math.sqrt(secondSquares.value() / rows);
  }

  /** Writes the counts; {@link #read} reads them. */
  public void write(StateWriter out) {
    out.varint(rows);
    out.varint(onlyFirst);
    out.varint(onlySecond);
    firstSquares.write(out);
    secondSquares.write(out);
    out.varint(losses.size());
    losses.forEach(
        (name, loss) -> {
          out.text(name.name());
          loss.write(out);
        });
  }

  /** Adds what {@link #write} wrote. */
  public void read(StateReader in) {
    rows += in.varint();
    onlyFirst += in.varint();
    onlySecond += in.varint();
    firstSquares.read(in);
    secondSquares.read(in);
    for (long left = in.varint(); left > 0; left--) {
      loss(Name.valueOf(in.text())).read(in);
    }
  }

  private static double squared(double score, boolean label) {
    double gap = score - (label ? 1 : 0);
    return gap * gap;
  }

  private static double logarithmic(double score, boolean label) {
    double bounded =
        Math.min(1 - BinaryCounts.LEAST_DISTANCE, Math.max(BinaryCounts.LEAST_DISTANCE, score));
    return -StrictMath.log(label ? bounded : 1 - bounded);
  }
}
