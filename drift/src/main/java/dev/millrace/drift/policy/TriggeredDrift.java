package dev.millrace.drift.policy;

import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.FeatureDrift;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The drift that the retraining triggers of one episode have reported.
 *
 * @param triggers the number of triggers
 * @param distances by feature that drifted, its largest Jensen-Shannon distance
 */
public record TriggeredDrift(int triggers, Map<String, Double> distances) {
  /** Before the first trigger of an episode. */
  static final TriggeredDrift NONE = new TriggeredDrift(0, Map.of());

  /**
   * If a distance has doubled, the data are as far from those of the last trigger as these were
   * from the training data. Since the distance is at most 1, a large distance has grown if its
   * remainder up to 1 has halved.
   */
  private static final double GROWN = 2;

  /** Copies the distances. */
  public TriggeredDrift {
    distances = Map.copyOf(distances);
  }

  /** Whether a feature has not been reported, or its drift has grown since. */
  boolean isNew(FeatureDrift drifted) {
    Double reported = distances.get(drifted.getFeature());
    double distance = drifted.getJensenShannon();
    return reported == null
        || distance >= GROWN * reported
        || GROWN * (1 - distance) < 1 - reported;
  }

  /** The drift reported after one more trigger. */
  TriggeredDrift plus(List<DriftReport> evidence) {
    Map<String, Double> all = new HashMap<>(distances);
    evidence.stream()
        .flatMap(report -> ReportBuilder.drifted(report).stream())
        .forEach(drifted -> all.merge(drifted.getFeature(), drifted.getJensenShannon(), Math::max));
    return new TriggeredDrift(triggers + 1, all);
  }
}
