package dev.millrace.inference.scoring;

import dev.millrace.inference.metrics.InferenceMetrics;
import dev.millrace.inference.onnx.Scored;
import dev.millrace.inference.onnx.Scorer;
import dev.millrace.inference.waiting.ReadyEvent;
import dev.millrace.schemas.inputs.InputValues;
import dev.millrace.schemas.inputs.InputValues.Value;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.WireHeaders;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Scores events with their features: computes the inputs, calls the model. */
public final class EventScorer implements AutoCloseable {
  private final InputValues inputValues;
  private final InputsHeader inputsHeader;
  private final @Nullable Scorer scorer;
  private final @Nullable ShadowScorer shadow;
  private final PredictionBuilder predictions;
  private final InferenceMetrics metrics;
  private final Consumer<ScoringResult> results;

  /**
   * @param champion null: the pipeline collects inputs without a model
   * @param partition of the events
   * @param results receives one result per event
   */
  public EventScorer(
      Pipeline pipeline,
      @Nullable ChampionModel champion,
      int partition,
      InferenceMetrics metrics,
      Consumer<ScoringResult> results) {
    this.inputValues = new InputValues(pipeline);
    this.inputsHeader = new InputsHeader(pipeline);
    this.scorer = champion == null ? null : champion.scorers().get();
    ChampionModel.Shadow beside = champion == null ? null : champion.shadow();
    this.shadow = beside == null ? null : new ShadowScorer(beside, metrics);
    this.predictions = new PredictionBuilder(pipeline, champion, partition);
    this.metrics = metrics;
    this.results = results;
    if (scorer != null) {
      for (Scored.Cause cause : Scored.Cause.values()) {
        metrics.modelRejected(cause.name(), 0);
      }
    }
  }

  /** Scores an event and passes on the result. */
  public void score(ReadyEvent ready) {
    Value[] values =
        inputValues.read(ready.event().fields(), ready.event().timeMillis(), ready.features());
    @Nullable Object[] plain = plain(values);
    @Nullable Object[] inputs = scorer == null ? plain : scorer.asReceived(plain);
    Double score = null;
    if (scorer != null) {
      Scored scored = scorer.score(inputs);
      metrics.modelCalled();
      if (scored instanceof Scored.Rejected rejected) {
        metrics.modelRejected(rejected.cause().name(), 1);
        results.accept(
            new ScoringResult.Rejected(ready.event(), rejected.detail(), inputsHeader.of(inputs)));
        return;
      }
      score = ((Scored.Score) scored).value();
    }
    Scored compared = shadow == null ? null : shadow.score(plain);
    Long published = WireHeaders.number(ready.event().headers(), WireHeaders.PUBLISHED);
    metrics.predicted(
        values, ready.waitResult(), published == null ? null : ready.nowMillis() - published);
    results.accept(
        new ScoringResult.Predicted(
            ready.event(), predictions.build(ready, published, values, inputs, score, compared)));
  }

  private static @Nullable Object[] plain(Value[] values) {
    @Nullable Object[] plain = new @Nullable Object[values.length];
    for (int i = 0; i < values.length; i++) {
      plain[i] = values[i].value();
    }
    return plain;
  }

  @Override
  public void close() {
    if (scorer != null) {
      scorer.close();
    }
    if (shadow != null) {
      shadow.close();
    }
  }
}
