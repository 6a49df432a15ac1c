package dev.millrace.drift.quality;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The quality of a model's scores in the rows of its training profile. The model must not have been
 * trained on these rows: its errors would be fewer than those of the stream.
 *
 * @param decision the condition on the score by which errors are counted; null: the model decides
 *     nothing, and there are no windows
 * @param lengthMillis length of the windows
 * @param windows errors of the decisions, in the order of time; empty if the rows had no times
 * @param positives rows with a positive label, by bin of {@link ScoreBins}
 * @param negatives rows with a negative label, by bin
 * @param losses absolute errors of a regression, in the order of time; empty if labels are of two
 *     classes, or the rows had no times
 */
public record TrainingQuality(
    @Nullable String decision,
    long lengthMillis,
    List<WindowErrors> windows,
    List<Long> positives,
    List<Long> negatives,
    List<WindowLosses> losses)
    implements Serializable {
  /** Checks the numbers of bins, and copies the lists. */
  public TrainingQuality {
    windows = List.copyOf(windows);
    positives = List.copyOf(positives);
    negatives = List.copyOf(negatives);
    losses = List.copyOf(losses);
    if (positives.size() != ScoreBins.COUNT || negatives.size() != ScoreBins.COUNT) {
      throw new IllegalArgumentException(
          "counts of %d bins expected, not of %d and %d"
              .formatted(ScoreBins.COUNT, positives.size(), negatives.size()));
    }
  }

  /** The probability of a positive label by score. */
  public Calibration calibration() {
    ScoreHistogram scores = new ScoreHistogram();
    for (int bin = 0; bin < ScoreBins.COUNT; bin++) {
      scores.add(bin, true, positives.get(bin));
      scores.add(bin, false, negatives.get(bin));
    }
    return Calibration.of(scores);
  }

  /**
   * What the errors of the stream are compared with; {@link ConceptMemory#NONE} where they were
   * counted by another condition or in windows of another length.
   */
  public ConceptMemory errors(@Nullable String decisionNow, Duration window) {
    return decision == null || !decision.equals(decisionNow) || lengthMillis != window.toMillis()
        ? ConceptMemory.NONE
        : ConceptMemory.of(windows);
  }

  /**
   * What the absolute errors of the stream are compared with; {@link LossMemory#NONE} where they
   * were counted in windows of another length.
   */
  public LossMemory losses(Duration window) {
    return lengthMillis == window.toMillis() ? LossMemory.of(losses) : LossMemory.NONE;
  }

  /** Counts rows. Not thread-safe. */
  public static final class Counter {
    private final @Nullable String decision;
    private final long lengthMillis;
    private final ScoreHistogram scores = new ScoreHistogram();
    private final TreeMap<Long, WindowErrors> windows = new TreeMap<>();
    private final TreeMap<Long, LossCounts> losses = new TreeMap<>();
    private boolean isTimed = true;

    /**
     * @param decision the condition on the score
     * @param length of a window
     */
    public Counter(@Nullable String decision, Duration length) {
      this.decision = decision;
      this.lengthMillis = length.toMillis();
    }

    /**
     * Counts a row with a label of two classes.
     *
     * @param timeMillis its event time; null: unknown, and then errors are not counted by window
     * @param decided the condition; null if the model decides nothing
     */
    public void add(
        @Nullable Long timeMillis, double score, @Nullable Boolean decided, boolean label) {
      scores.add(score, label);
      isTimed &= timeMillis != null;
      if (timeMillis != null && decided != null) {
        long startMillis = startMillis(timeMillis);
        windows.merge(
            startMillis, new WindowErrors(startMillis, 1, decided != label ? 1 : 0), Counter::sum);
      }
    }

    /**
     * Counts a row of a regression; one whose error is in no metric does not count.
     *
     * @param timeMillis its event time; null: unknown, and then errors are not counted
     */
    public void add(@Nullable Long timeMillis, double score, double label) {
      isTimed &= timeMillis != null;
      if (timeMillis != null && RegressionCounts.counts(score - label)) {
        losses
            .computeIfAbsent(startMillis(timeMillis), start -> new LossCounts())
            .add(Math.abs(score - label));
      }
    }

    private long startMillis(long timeMillis) {
      return Math.floorDiv(timeMillis, lengthMillis) * lengthMillis;
    }

    private static WindowErrors sum(WindowErrors one, WindowErrors other) {
      return new WindowErrors(
          one.startMillis(), one.rows() + other.rows(), one.errors() + other.errors());
    }

    /** The counts; null without a row, and of a regression if a row had no time. */
    public @Nullable TrainingQuality build() {
      boolean hasLosses = isTimed && !losses.isEmpty();
      if (scores.total() == 0 && !hasLosses) {
        return null;
      }
      return new TrainingQuality(
          decision,
          lengthMillis,
          isTimed ? List.copyOf(windows.values()) : List.of(),
          scores.counts(true),
          scores.counts(false),
          hasLosses
              ? losses.entrySet().stream()
                  .map(each -> WindowLosses.of(each.getKey(), each.getValue()))
                  .toList()
              : List.of());
    }
  }

  /**
   * The quality of the rows of the profile of one model version.
   *
   * @param version of the model
   */
  public record OfVersion(String version, TrainingQuality quality) implements Serializable {}
}
