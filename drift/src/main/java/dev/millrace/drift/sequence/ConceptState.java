package dev.millrace.drift.sequence;

import java.util.List;

/**
 * The state of a {@link ConceptDetector}: 4.7 KB.
 *
 * @param labels rows since the start, without those of changes
 * @param errors their errors
 * @param gridLabels labels, those of the reference included, when the grid was made
 * @param gridErrors their errors
 * @param statistics one for each node of the grid and shift
 * @param changes one for each shift
 * @param peaks the largest statistic of each shift since a change was found; empty: none lasts
 */
public record ConceptState(
    long labels,
    long errors,
    double gridLabels,
    double gridErrors,
    List<Double> statistics,
    List<ChangePoint> changes,
    List<Double> peaks) {
  /** Copies the lists. */
  public ConceptState {
    statistics = List.copyOf(statistics);
    changes = List.copyOf(changes);
    peaks = List.copyOf(peaks);
  }
}
