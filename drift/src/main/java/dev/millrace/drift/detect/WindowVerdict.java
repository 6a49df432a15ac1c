package dev.millrace.drift.detect;

import java.util.ArrayList;
import java.util.List;

/**
 * All features of one window together.
 *
 * @param verdict DRIFT when any feature drifts; WARNING when any is unusual, or significant without
 *     reaching the least effect; INSUFFICIENT when no feature could be judged
 * @param named the features that a DRIFT or WARNING is about, in the order of the results
 */
public record WindowVerdict(Verdict verdict, List<String> named) {
  /** Copies the names. */
  public WindowVerdict {
    named = List.copyOf(named);
  }

  /** Judges a window by its features' results. */
  public static WindowVerdict of(List<WindowResult> results, Significance significance) {
    double[] p = results.stream().mapToDouble(WindowResult::p).toArray();
    if (results.stream().allMatch(r -> r.verdict() == Verdict.INSUFFICIENT)) {
      return new WindowVerdict(Verdict.INSUFFICIENT, List.of());
    }
    if (results.stream().anyMatch(r -> r.verdict() == Verdict.DRIFT)) {
      return new WindowVerdict(Verdict.DRIFT, names(results, significance.named(p)));
    }
    List<String> warned = names(results, significance.warned(p));
    return new WindowVerdict(warned.isEmpty() ? Verdict.OK : Verdict.WARNING, warned);
  }

  private static List<String> names(List<WindowResult> results, boolean[] chosen) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < chosen.length; i++) {
      if (chosen[i]) {
        names.add(results.get(i).feature());
      }
    }
    return names;
  }
}
