package dev.millrace.drift.detect;

import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Compares all features of a window with their references. */
public final class WindowComparison {
  private final List<Reference> references;
  private final FeatureComparison comparison;

  /**
   * @param comparison compares one feature
   */
  public WindowComparison(List<Reference> references, FeatureComparison comparison) {
    this.references = List.copyOf(references);
    this.comparison = comparison;
  }

  /**
   * @param window the profile of each feature, by its position in the references
   * @return one result for each reference, in their order
   */
  public List<FeatureResult> of(IntFunction<Profile> window) {
    List<FeatureResult> results = new ArrayList<>();
    for (int i = 0; i < references.size(); i++) {
      results.add(comparison.of(references.get(i), window.apply(i)));
    }
    return results;
  }
}
