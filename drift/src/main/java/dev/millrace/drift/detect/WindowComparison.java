package dev.millrace.drift.detect;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.calibration.SeasonCover;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  /**
   * Windows shorter than a day are learned until they contain all of its hours: with a morning
   * alone, each night would be drift. A week would be better, but a profile without blocks is not
   * worth a week without alarms; blocks of two weeks contain weekends.
   */
  private static final Duration LONGEST_SEASON = Duration.ofDays(1);

  /** Of windows shorter than this only so many are learned, so that what is kept stays small. */
  private static final long LEARNED_MILLIS = Duration.ofMinutes(10).toMillis();

  private final List<SeasonalReference> references;
  private final FeatureComparison comparison;
  private final CalmSpan span;
  private final List<FeatureMemory> memory;
  private List<FeatureMemory> ifCalm = List.of();

  /** What became of a compared window. */
  public enum Outcome {
    /** The window is like the calm ones: they are known better now. */
    CALM,
    /** The window is unusual, or part of an episode. */
    UNUSUAL,
    /** The window is not comparable, such as one of the warm-up: it is forgotten. */
    NOT_COMPARABLE
  }

  /**
   * A comparison that begins.
   *
   * @param baselines what is known about calm windows, of each reference
   * @param comparison compares one feature
   * @param span length of the windows, and of those that calibrate where blocks are missing
   */
  public WindowComparison(
      List<Reference> references,
      List<Baseline> baselines,
      FeatureComparison comparison,
      CalmSpan span) {
    this(constant(references), comparison, span, began(baselines));
  }

  private WindowComparison(
      List<SeasonalReference> references,
      FeatureComparison comparison,
      CalmSpan span,
      List<FeatureMemory> memory) {
    this.references = List.copyOf(references);
    this.comparison = comparison;
    this.span = span.atMost(LONGEST_SEASON);
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
      CalmSpan span,
      byte @Nullable [] state) {
    return bySeason(constant(references), baselines, comparison, span, state);
  }

  /**
   * A comparison with references that depend on the time of a window.
   *
   * @param baselines what is known about calm windows, compared with the same references
   * @param state of {@link #state}; null, or against references of other seasons, begins with the
   *     baselines
   */
  public static WindowComparison bySeason(
      List<SeasonalReference> references,
      List<Baseline> baselines,
      FeatureComparison comparison,
      CalmSpan span,
      byte @Nullable [] state) {
    List<FeatureMemory> memory = state == null ? null : FeatureMemory.decode(state, references);
    return new WindowComparison(
        references, comparison, span, memory == null ? began(baselines) : memory);
  }

  private static List<SeasonalReference> constant(List<Reference> references) {
    return references.stream().map(SeasonalReference::constant).toList();
  }

  private static List<FeatureMemory> began(List<Baseline> baselines) {
    return baselines.stream()
        .map(b -> new FeatureMemory(b, Evidence.NONE, null, SeasonCover.NONE))
        .toList();
  }

  /** What is remembered of the windows so far. */
  public byte[] state() {
    return FeatureMemory.encode(memory, references);
  }

  /**
   * Compares the next window.
   *
   * @param startMillis its start
   * @param window the profile of each feature, by its position in the references
   * @return one result for each reference, in their order
   */
  public List<FeatureResult> of(long startMillis, IntFunction<Profile> window) {
    return of(startMillis, window, feature -> List.of());
  }

  /**
   * Compares the next window.
   *
   * @param startMillis its start
   * @param window the profile of each feature, by its position in the references
   * @param delivered tests of how each feature was delivered; see {@link DeliveryComparison}
   * @return one result for each reference, in their order
   */
  public List<FeatureResult> of(
      long startMillis, IntFunction<Profile> window, IntFunction<List<TestResult>> delivered) {
    List<FeatureResult> results = new ArrayList<>();
    List<FeatureMemory> calm = new ArrayList<>();
    for (int i = 0; i < references.size(); i++) {
      Reference whole = references.get(i).whole();
      Reference reference = references.get(i).at(startMillis);
      Profile profile = window.apply(i);
      FeatureMemory before = memory.get(i);
      Baseline baseline = before.baseline();
      FeatureTests.Tested tested = comparison.tests(reference, profile, baseline, whole);
      List<TestResult> tests = tested.results();
      List<TestResult> all = new ArrayList<>(tests);
      all.addAll(delivered.apply(i));
      Evidence evidence = before.evidence();
      if (baseline.calibrated()) {
        double scale = baseline.scale(profile.total(), reference.total());
        List<TestResult> ofWindow = List.copyOf(all);
        double n = (double) profile.total();
        MeanRank meanRank =
            MeanRank.of(
                tested.ratios().getOrDefault(StatisticalTest.MEAN_RANK, 0.0),
                baseline,
                scale,
                n / (n + reference.total()));
        evidence = evidence.next(tests, ofWindow, meanRank, baseline, scale, comparison.alpha());
        all.addAll(evidence.results(tests, ofWindow, comparison.alpha()));
      }
      results.add(comparison.decide(reference, profile, baseline, all));
      memory.set(i, before.with(evidence));
      calm.add(learned(reference, profile, tested.ratios(), startMillis, memory.get(i)));
    }
    ifCalm = calm;
    return results;
  }

  /** Ends the window that {@link #of} compared last; no episode has ended with it. */
  public void after(Outcome outcome) {
    after(outcome, Set.of());
  }

  /**
   * Ends the window that {@link #of} compared last.
   *
   * @param ended causes with an episode that has ended with it: the evidence of their changes is
   *     dropped
   */
  public void after(Outcome outcome, Set<Cause> ended) {
    for (int i = 0; i < memory.size(); i++) {
      FeatureMemory present = memory.get(i);
      boolean learns = outcome == Outcome.CALM || !present.baseline().calibrated();
      if (outcome == Outcome.NOT_COMPARABLE) {
        memory.set(i, present.with(Evidence.NONE));
      } else {
        FeatureMemory next = learns && i < ifCalm.size() ? ifCalm.get(i) : present;
        boolean score = references.get(i).whole().feature().equals(Reference.SCORE);
        memory.set(i, next.with(next.evidence().without(ended, score)));
      }
    }
    ifCalm = List.of();
  }

  /** What is remembered if the window turns out to be calm. */
  private FeatureMemory learned(
      Reference reference,
      Profile profile,
      Map<StatisticalTest, Double> ratios,
      long startMillis,
      FeatureMemory present) {
    Baseline baseline = present.baseline();
    boolean independent = baseline.known() && baseline.windows() == 0;
    if (independent || ratios.isEmpty()) {
      return present;
    }
    if (!baseline.calibrated()) {
      return !isLearned(startMillis)
          ? present
          : learnedFromEachOther(reference, profile, ratios, startMillis, present);
    }
    return baseline.windows() >= MOST_LEARNED
        ? present
        : present.with(baseline.plus(ratios, profile.total(), reference.total()));
  }

  private boolean isLearned(long startMillis) {
    long windowMillis = span.windowMillis();
    return span.seasonMillis() == 0
        || Math.floorMod(startMillis, Math.max(windowMillis, LEARNED_MILLIS)) < windowMillis;
  }

  /**
   * A reference without enough blocks does not show how its windows differ, and a change since
   * training would be taken for such a difference. So the windows that are missing are live ones,
   * each compared with the sum of the live windows before it.
   */
  private FeatureMemory learnedFromEachOther(
      Reference reference,
      Profile profile,
      Map<StatisticalTest, Double> ratios,
      long startMillis,
      FeatureMemory present) {
    Profile sum = present.sum();
    if (sum == null) {
      return present.with(present.baseline(), profile.countsOnly(), startMillis);
    }
    Reference before = reference.withCounts(sum);
    Map<StatisticalTest, Double> tests = new EnumMap<>(StatisticalTest.class);
    tests.putAll(comparison.tests(before, profile, Baseline.UNKNOWN).ratios());
    // Values that are not in the training data are unseen, also if earlier live windows had them.
    tests.computeIfPresent(StatisticalTest.UNSEEN_SHARE, (test, ratio) -> ratios.get(test));
    int left = Baseline.FEWEST - 1 - present.baseline().windows();
    boolean enough =
        left <= 0 && present.cover().suffices(startMillis + span.windowMillis(), span, 1);
    Baseline more =
        present
            .baseline()
            .plusFirst(
                tests, profile.total(), EffectSizes.ratiosOfWindows(before, profile), enough);
    return enough
        ? present.with(more)
        : present.with(more, profile.countsOnly().merge(sum), startMillis);
  }
}
