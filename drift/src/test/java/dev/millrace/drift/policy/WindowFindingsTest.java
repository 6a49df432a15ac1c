package dev.millrace.drift.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.Shop;
import dev.millrace.drift.ShopReferences;
import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.FeatureComparison;
import dev.millrace.drift.detect.FeatureResult;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.window.WindowCounts;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.DriftTest;
import dev.millrace.schemas.avro.FeatureDrift;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WindowFindingsTest {
  private static final int ROWS = 2_000;

  private final ModelReference reference = ShopReferences.referenceSet();
  private final List<Reference> references = reference.source().get();
  private final AlarmBudget budget = AlarmBudget.of(Shop.DRIFT, references.size());

  /** Amounts are larger, and a fifth of them null; the report names one test of the two. */
  @Test
  void aFeatureThatDriftsByTwoCausesIsInBoth() {
    WindowCounts counts = window();
    List<FeatureResult> results = results(counts);
    WindowVerdict verdict = WindowVerdict.of(results, budget, Shop.DRIFT.minEffect());
    DriftReport report =
        new ReportBuilder(reference, Shop.DRIFT, budget.perFeature())
            .of(0, counts, 0, results, verdict);

    List<CauseFinding> findings = WindowFindings.of(report, results, verdict, true);
    CauseFinding data = of(Cause.DATA, findings);
    CauseFinding quality = of(Cause.DATA_QUALITY, findings);

    assertThat(data.verdict()).isEqualTo(Verdict.DRIFT);
    assertThat(data.sizes()).containsOnlyKeys("amount");
    assertThat(quality.verdict()).isEqualTo(Verdict.DRIFT);
    assertThat(quality.sizes()).containsOnlyKeys("amount");
    assertThat(of(Cause.PREDICTION, findings).verdict()).isEqualTo(Verdict.OK);
    assertThat(test(data)).isNotEqualTo(DriftTest.NULL_SHARE);
    assertThat(test(quality)).isEqualTo(DriftTest.NULL_SHARE);
    assertThat(WindowFindings.of(report, results, verdict, false))
        .allMatch(each -> each.verdict() == Verdict.INSUFFICIENT && each.sizes().isEmpty());
  }

  /** The report has the distribution of each feature, evidence only what has changed. */
  @Test
  void cellsAreInTheReportAndNotInItsEvidence() {
    WindowCounts counts = window();
    List<FeatureResult> results = results(counts);
    WindowVerdict verdict = WindowVerdict.of(results, budget, Shop.DRIFT.minEffect());
    DriftReport report =
        new ReportBuilder(reference, Shop.DRIFT, budget.perFeature())
            .of(0, counts, 0, results, verdict);
    FeatureDrift evidence =
        WindowFindings.of(report, results, verdict, true).get(0).evidence().get(0);

    assertThat(report.getFeatures()).allMatch(each -> !each.getCells().isEmpty());
    assertThat(report.getFeatures().get(0).getChanged()).hasSize(5);
    assertThat(report.getFeatures().get(1).getChanged()).isEmpty();
    assertThat(evidence.getCells()).isEmpty();
    assertThat(evidence.getChanged()).isEqualTo(report.getFeatures().get(0).getChanged());
  }

  private static CauseFinding of(Cause cause, List<CauseFinding> findings) {
    return findings.stream().filter(each -> each.cause() == cause).findFirst().orElseThrow();
  }

  private static DriftTest test(CauseFinding finding) {
    return finding.evidence().get(0).getTest();
  }

  private List<FeatureResult> results(WindowCounts counts) {
    FeatureComparison comparison =
        new FeatureComparison(budget.perFeature(), Shop.DRIFT.minEffect(), Shop.DRIFT.minSamples());
    List<FeatureResult> results = new ArrayList<>();
    for (int i = 0; i < references.size(); i++) {
      results.add(comparison.of(references.get(i), counts.profile(i)));
    }
    return results;
  }

  private WindowCounts window() {
    Random random = new Random(3);
    WindowCounts counts = new WindowCounts(references);
    for (int i = 0; i < ROWS; i++) {
      double amount = 58 + 10 * random.nextGaussian();
      counts.add(
          new Object[] {i % 5 == 0 ? null : amount, Shop.channel(random), random.nextDouble()},
          0,
          i);
    }
    return counts;
  }
}
