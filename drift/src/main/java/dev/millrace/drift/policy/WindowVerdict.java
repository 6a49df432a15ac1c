package dev.millrace.drift.policy;

import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.FeatureResult;
import dev.millrace.drift.detect.Verdict;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The verdict of one window over all its features.
 *
 * @param verdict DRIFT when any feature drifts; WARNING when any is unusual and reaches the least
 *     effect; INSUFFICIENT when no feature could be tested
 * @param named the features that a DRIFT or WARNING is about, in the order of the results
 * @param causes the verdict of each cause that was tested
 */
public record WindowVerdict(Verdict verdict, List<String> named, Map<Cause, CauseVerdict> causes) {
  /**
   * The verdict of one cause.
   *
   * @param named the features that a DRIFT or WARNING is about, in the order of the results
   */
  public record CauseVerdict(Verdict verdict, List<String> named) {
    /** Copies the names. */
    public CauseVerdict {
      named = List.copyOf(named);
    }
  }

  /** Copies the collections. */
  public WindowVerdict {
    named = List.copyOf(named);
    causes = Map.copyOf(causes);
  }

  /**
   * Combines the results of all features. With many values every difference is significant, so a
   * difference below the least effect is neither drift nor a warning.
   *
   * @param minEffect least Jensen-Shannon distance that is reported
   */
  public static WindowVerdict of(
      List<FeatureResult> results, AlarmBudget budget, double minEffect) {
    if (results.stream().allMatch(r -> r.verdict() == Verdict.INSUFFICIENT)) {
      return new WindowVerdict(Verdict.INSUFFICIENT, List.of(), Map.of());
    }
    Set<Cause> tested = new TreeSet<>();
    results.forEach(result -> tested.addAll(result.causes()));
    Map<Cause, CauseVerdict> causes = new EnumMap<>(Cause.class);
    tested.forEach(cause -> causes.put(cause, of(cause, results, budget, minEffect)));
    Verdict verdict = worst(causes);
    Set<String> named = new LinkedHashSet<>();
    for (FeatureResult result : results) {
      boolean isNamed =
          causes.values().stream()
              .anyMatch(c -> c.verdict() == verdict && c.named().contains(result.feature()));
      if (isNamed) {
        named.add(result.feature());
      }
    }
    return new WindowVerdict(verdict, List.copyOf(named), causes);
  }

  private static Verdict worst(Map<Cause, CauseVerdict> causes) {
    Verdict worst = Verdict.OK;
    for (CauseVerdict cause : causes.values()) {
      worst = cause.verdict().compareTo(worst) > 0 ? cause.verdict() : worst;
    }
    return worst;
  }

  private static CauseVerdict of(
      Cause cause, List<FeatureResult> results, AlarmBudget budget, double minEffect) {
    double[] p = results.stream().mapToDouble(result -> result.p(cause)).toArray();
    if (results.stream().anyMatch(result -> result.drifted().contains(cause))) {
      List<String> names = names(cause, results, budget.named(p), minEffect);
      return new CauseVerdict(Verdict.DRIFT, names);
    }
    List<String> warned = names(cause, results, budget.warned(p), minEffect);
    return new CauseVerdict(warned.isEmpty() ? Verdict.OK : Verdict.WARNING, warned);
  }

  private static List<String> names(
      Cause cause, List<FeatureResult> results, boolean[] chosen, double minEffect) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < chosen.length; i++) {
      if (chosen[i] && results.get(i).effect(cause) >= minEffect) {
        names.add(results.get(i).feature());
      }
    }
    return names;
  }
}
