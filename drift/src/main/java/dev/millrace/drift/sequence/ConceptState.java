package dev.millrace.drift.sequence;

import java.util.List;

/**
 * The state of a {@link ConceptDetector}: 4.5 KB.
 *
 * @param labels rows since the start
 * @param errors their errors
 * @param gridLabels labels, those of the reference included, when the grid was made
 * @param gridErrors their errors
 * @param statistics one for each node of the grid and shift
 * @param changes one for each shift
 */
public record ConceptState(
    long labels,
    long errors,
    double gridLabels,
    double gridErrors,
    List<Double> statistics,
    List<ChangePoint> changes) {
  /** Copies the lists. */
  public ConceptState {
    statistics = List.copyOf(statistics);
    changes = List.copyOf(changes);
  }
}
