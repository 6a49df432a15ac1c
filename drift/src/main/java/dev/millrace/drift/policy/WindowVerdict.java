package dev.millrace.drift.policy;

import dev.millrace.drift.detect.FeatureResult;
import dev.millrace.drift.detect.Verdict;
import java.util.ArrayList;
import java.util.List;

/**
 * The verdict of one window over all its features.
 *
 * @param verdict DRIFT when any feature drifts; WARNING when any is unusual and reaches the least
 *     effect; INSUFFICIENT when no feature could be tested
 * @param named the features that a DRIFT or WARNING is about, in the order of the results
 */
public record WindowVerdict(Verdict verdict, List<String> named) {
  /** Copies the names. */
  public WindowVerdict {
    named = List.copyOf(named);
  }

  /**
   * Combines the results of all features. With many values every difference is significant, so a
   * difference below the least effect is neither drift nor a warning.
   *
   * @param minEffect least Jensen-Shannon distance that is reported
   */
  public static WindowVerdict of(
      List<FeatureResult> results, AlarmBudget budget, double minEffect) {
    double[] p = results.stream().mapToDouble(FeatureResult::p).toArray();
    if (results.stream().allMatch(r -> r.verdict() == Verdict.INSUFFICIENT)) {
      return new WindowVerdict(Verdict.INSUFFICIENT, List.of());
    }
    if (results.stream().anyMatch(r -> r.verdict() == Verdict.DRIFT)) {
      return new WindowVerdict(Verdict.DRIFT, names(results, budget.named(p), minEffect));
    }
    List<String> warned = names(results, budget.warned(p), minEffect);
    return new WindowVerdict(warned.isEmpty() ? Verdict.OK : Verdict.WARNING, warned);
  }

  private static List<String> names(
      List<FeatureResult> results, boolean[] chosen, double minEffect) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < chosen.length; i++) {
      if (chosen[i] && results.get(i).effects().jensenShannon() >= minEffect) {
        names.add(results.get(i).feature());
      }
    }
    return names;
  }
}
