package dev.millrace.drift.policy;

import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.FeatureDrift;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the retraining triggers of one episode have told.
 *
 * @param triggers how many there were
 * @param distances by feature that drifted, its largest Jensen-Shannon distance
 */
public record TriggeredDrift(int triggers, Map<String, Double> distances) {
  static final TriggeredDrift NOTHING = new TriggeredDrift(0, Map.of());

  /**
   * Where a distance has doubled the data are as far from those of the last trigger as these were
   * from training's. It is at most 1: a large one has grown where its rest up to 1 has halved.
   */
  private static final double GROWN = 2;

  /** Copies the distances. */
  public TriggeredDrift {
    distances = Map.copyOf(distances);
  }

  /** Whether a drift is of another feature, or has grown. */
  boolean isNews(FeatureDrift drifted) {
    Double told = distances.get(drifted.getFeature());
    double distance = drifted.getJensenShannon();
    return told == null || distance >= GROWN * told || GROWN * (1 - distance) < 1 - told;
  }

  /** After one more trigger. */
  TriggeredDrift and(List<DriftReport> evidence) {
    Map<String, Double> all = new HashMap<>(distances);
    evidence.stream()
        .flatMap(report -> ReportBuilder.drifted(report).stream())
        .forEach(drifted -> all.merge(drifted.getFeature(), drifted.getJensenShannon(), Math::max));
    return new TriggeredDrift(triggers + 1, all);
  }
}
