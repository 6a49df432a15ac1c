package dev.millrace.inference.scoring;

import dev.millrace.inference.metrics.InferenceMetrics;
import dev.millrace.inference.onnx.Scored;
import dev.millrace.inference.onnx.Scored.Cause;
import dev.millrace.inference.onnx.Scored.Rejected;
import dev.millrace.inference.onnx.Scorer;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scores with the shadow what the champion has scored. A failure of the shadow is a result, counted
 * and logged once for each cause, so that it never changes the champion's prediction.
 */
final class ShadowScorer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ShadowScorer.class);

  private final Scorer scorer;
  private final InferenceMetrics metrics;
  private final Set<Cause> logged = EnumSet.noneOf(Cause.class);

  ShadowScorer(ChampionModel.Shadow shadow, InferenceMetrics metrics) {
    this.scorer = shadow.scorers().get();
    this.metrics = metrics;
    for (Cause cause : Cause.values()) {
      metrics.shadowRejected(cause.name(), 0);
    }
  }

  /**
   * Scores an event.
   *
   * @param inputs as computed, not as the champion's tensors round them
   */
  Scored score(@Nullable Object[] inputs) {
    Scored scored = call(inputs);
    if (scored instanceof Rejected rejected) {
      metrics.shadowRejected(rejected.cause().name(), 1);
      if (logged.add(rejected.cause())) {
        log.warn("The shadow gives no score for an event: {}", rejected.detail());
      }
    }
    return scored;
  }

  private Scored call(@Nullable Object[] inputs) {
    try {
      return scorer.score(inputs);
    } catch (RuntimeException e) {
      if (logged.add(Cause.FAILED)) {
        log.warn("The shadow failed; the same of a champion would stop the service", e);
      }
      return new Rejected(Cause.FAILED, "the model failed: " + e);
    }
  }

  @Override
  public void close() {
    scorer.close();
  }
}
