package dev.millrace.drift.detect;

import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Compares all features of a window with their references, and learns from calm windows how much
 * windows differ while nothing has changed. Windows come in the order of time; {@link #of} is
 * followed by one call of {@link #after}, which tells what became of the window. Not thread-safe.
 */
public final class WindowComparison {
  /**
   * Calm windows are learned until there are so many, those of the reference included; then what is
   * known is fixed, so that a slow change is not learned, too.
   */
  static final int MOST_LEARNED = 60;

  /** Factor by which the evidence over windows may exceed what an alarm needs. */
  private static final double BEYOND = 100;

  private final List<Reference> references;
  private final FeatureComparison comparison;
  private final List<FeatureMemory> memory;
  private List<FeatureMemory> ifCalm = List.of();

  /** What became of a compared window. */
  public enum Outcome {
    /** The window is like the calm ones: they are known better now. */
    CALM,
    /** The window is unusual, or part of an episode. */
    UNUSUAL,
    /** An episode has ended with the window: the evidence of its change is dropped. */
    RECOVERED,
    /** The window is not comparable, such as one of the warm-up: it is forgotten. */
    NOT_COMPARABLE
  }

  /**
   * A comparison that begins.
   *
   * @param baselines what is known about calm windows, of each reference
   * @param comparison compares one feature
   */
  public WindowComparison(
      List<Reference> references, List<Baseline> baselines, FeatureComparison comparison) {
    this(
        references,
        comparison,
        baselines.stream().map(b -> new FeatureMemory(b, Evidence.NONE, null)).toList());
  }

  private WindowComparison(
      List<Reference> references, FeatureComparison comparison, List<FeatureMemory> memory) {
    this.references = List.copyOf(references);
    this.comparison = comparison;
    this.memory = new ArrayList<>(memory);
  }

  /**
   * A comparison that continues an earlier one.
   *
   * @param state of {@link #state} against the same references; null begins with the baselines
   */
  public static WindowComparison of(
      List<Reference> references,
      List<Baseline> baselines,
      FeatureComparison comparison,
      byte @Nullable [] state) {
    List<FeatureMemory> memory = state == null ? null : FeatureMemory.decode(state, references);
    return memory == null
        ? new WindowComparison(references, baselines, comparison)
        : new WindowComparison(references, comparison, memory);
  }

  /** What is remembered of the windows so far. */
  public byte[] state() {
    return FeatureMemory.encode(memory);
  }

  /**
   * Compares the next window.
   *
   * @param window the profile of each feature, by its position in the references
   * @return one result for each reference, in their order
   */
  public List<FeatureResult> of(IntFunction<Profile> window) {
    List<FeatureResult> results = new ArrayList<>();
    List<FeatureMemory> calm = new ArrayList<>();
    for (int i = 0; i < references.size(); i++) {
      Reference reference = references.get(i);
      Profile profile = window.apply(i);
      FeatureMemory before = memory.get(i);
      Baseline baseline = before.baseline();
      List<TestResult> tests = comparison.tests(reference, profile, baseline);
      List<TestResult> all = new ArrayList<>(tests);
      Evidence evidence = before.evidence();
      if (baseline.calibrated()) {
        double scale = baseline.scale(profile.total(), reference.total());
        evidence = evidence.next(tests, baseline, scale, BEYOND / comparison.alpha());
        all.addAll(evidence.results(tests));
      }
      results.add(comparison.decide(reference, profile, baseline, all));
      memory.set(i, new FeatureMemory(baseline, evidence, before.sum()));
      calm.add(learned(reference, profile, tests, memory.get(i)));
    }
    ifCalm = calm;
    return results;
  }

  /** Ends the window that {@link #of} compared last. */
  public void after(Outcome outcome) {
    for (int i = 0; i < memory.size(); i++) {
      FeatureMemory present = memory.get(i);
      boolean learns = outcome == Outcome.CALM || !present.baseline().calibrated();
      if (outcome == Outcome.NOT_COMPARABLE || outcome == Outcome.RECOVERED) {
        memory.set(i, new FeatureMemory(present.baseline(), Evidence.NONE, present.sum()));
      } else if (learns && i < ifCalm.size()) {
        memory.set(i, ifCalm.get(i));
      }
    }
    ifCalm = List.of();
  }

  /** What is remembered if the window turns out to be calm. */
  private FeatureMemory learned(
      Reference reference, Profile profile, List<TestResult> tests, FeatureMemory present) {
    Baseline baseline = present.baseline();
    boolean independent = baseline.known() && baseline.windows() == 0;
    if (independent || baseline.windows() >= MOST_LEARNED || tests.isEmpty()) {
      return present;
    }
    if (baseline.known() && present.sum() == null) {
      Baseline more = baseline.plus(tests, profile.total(), reference.total());
      return new FeatureMemory(more, present.evidence(), null);
    }
    return learnedFromEachOther(reference, profile, present);
  }

  /**
   * A reference without blocks does not show how its windows differ: the first windows are compared
   * with the sum of those before them.
   */
  private FeatureMemory learnedFromEachOther(
      Reference reference, Profile profile, FeatureMemory present) {
    Profile sum = present.sum();
    if (sum == null) {
      return new FeatureMemory(present.baseline(), present.evidence(), profile.countsOnly());
    }
    Reference before = reference.withCounts(sum);
    Baseline more =
        present
            .baseline()
            .plusFirst(
                comparison.tests(before, profile, Baseline.UNKNOWN),
                profile.total(),
                EffectSizes.ratios(before, profile));
    Profile next = more.windows() >= Baseline.FEWEST ? null : profile.countsOnly().merge(sum);
    return new FeatureMemory(more, present.evidence(), next);
  }
}
