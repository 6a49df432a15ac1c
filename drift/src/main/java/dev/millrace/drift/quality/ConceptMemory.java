package dev.millrace.drift.quality;

import dev.millrace.drift.sequence.ConceptState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a {@link ConceptMonitor}: 5 KB.
 *
 * @param reference labelled rows that the errors are compared with
 * @param dispersion of their windows; 0 while it is not known
 * @param calibration windows from which it is computed, in the order of time; empty afterwards
 * @param detector null while the dispersion is not known
 */
public record ConceptMemory(
    WindowErrors reference,
    double dispersion,
    List<WindowErrors> calibration,
    @Nullable ConceptState detector) {
  /** Copies the windows. */
  public ConceptMemory {
    calibration = List.copyOf(calibration);
  }

  /**
   * Before the first window.
   *
   * @param training errors of the training rows by window, in the order of time; empty: unknown
   */
  public static ConceptMemory of(List<WindowErrors> training) {
    long rows = training.stream().mapToLong(WindowErrors::rows).sum();
    long errors = training.stream().mapToLong(WindowErrors::errors).sum();
    List<WindowErrors> known = training.stream().filter(each -> each.rows() > 0).toList();
    boolean enough = known.size() >= WindowDispersion.LEAST_WINDOWS;
    return new ConceptMemory(
        new WindowErrors(rows, errors),
        enough ? WindowDispersion.of(known) : 0,
        enough ? List.of() : known,
        null);
  }
}
