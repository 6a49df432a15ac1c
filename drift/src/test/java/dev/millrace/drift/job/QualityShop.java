package dev.millrace.drift.job;

import dev.millrace.drift.Shop;
import dev.millrace.drift.quality.TrainingQuality;
import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.expression.Type;
import dev.millrace.schemas.pipeline.Cause;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Retrain;
import dev.millrace.schemas.topics.PipelineSchemas;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** The shop with decisions and slices. */
final class QualityShop {
  /** More than the labels of two windows of 200 predictions. */
  private static final int MIN_LABELS = 300;

  static final Pipeline PIPELINE = pipeline(4);
  static final String SHADOW_VERSION = "fedcba987654";
  static final Schema PREDICTION = PipelineSchemas.prediction(PIPELINE);

  private QualityShop() {}

  /** A prediction and whether its order is refunded. */
  record Scored(GenericRecord prediction, String channel, boolean refunded) {
    double score() {
      return (Double) prediction.get("score");
    }

    boolean positive() {
      return (Boolean) prediction.get("positive");
    }

    String id() {
      return prediction.get("event_id").toString();
    }
  }

  /** The same with another number of partitions; retraining waits for labels. */
  static Pipeline pipeline(int partitions) {
    Pipeline shop =
        Shop.pipeline(new Retrain(Set.of(Cause.DATA, Cause.PREDICTION), Duration.ZERO, MIN_LABELS));
    Labels labels = Objects.requireNonNull(shop.labels());
    Model model = Objects.requireNonNull(shop.model());
    Expression positive = Expression.compile("score >= 0.5", Map.of("score", Type.DOUBLE));
    return new Pipeline(
        shop.name(),
        shop.guarantee(),
        partitions,
        shop.sources(),
        shop.score(),
        shop.features(),
        new Model(model.name(), model.path(), model.inputs(), model.score(), positive),
        new Labels(
            labels.from(),
            labels.id(),
            labels.value(),
            labels.otherwise(),
            labels.maturity(),
            List.of("channel")),
        new Drift(
            Duration.ofMillis(Shop.WINDOW),
            Shop.DRIFT.reference(),
            Shop.DRIFT.falseAlarms(),
            Shop.DRIFT.minEffect(),
            30,
            Shop.DRIFT.minRatio(),
            Shop.DRIFT.recoveryWindows(),
            Duration.ZERO,
            null,
            List.of()),
        shop.retrain());
  }

  /**
   * Predictions of a window, whose scores are the probabilities of a refund.
   *
   * @param wrong share of the orders whose label is another one
   */
  static List<Scored> window(long number, int size, double wrong) {
    return window(number, size, wrong, 0);
  }

  /**
   * Predictions of a window, whose scores are the probabilities of a refund.
   *
   * @param wrong share of the orders whose label is another one
   * @param shift of the amounts, in their standard deviations
   */
  static List<Scored> window(long number, int size, double wrong, double shift) {
    Random random = new Random(number);
    List<Scored> scored = new ArrayList<>();
    for (GenericRecord shop : Shop.window(number * Shop.WINDOW, size, shift)) {
      double score = (Double) shop.get("score");
      String channel = Shop.channel(random);
      boolean refunded = random.nextDouble() < score;
      boolean flipped = random.nextDouble() < wrong;
      scored.add(new Scored(prediction(shop, channel), channel, refunded != flipped));
    }
    return scored;
  }

  /**
   * Adds a shadow to predictions of a window: the champion, but some of its decisions reversed. It
   * gives no score to each 20th.
   *
   * @param gained share of the champion's errors that it decides rightly
   * @param lost share of the champion's right decisions that it decides wrongly
   */
  static List<Scored> withShadow(List<Scored> window, double gained, double lost) {
    Random random = new Random(window.size());
    Schema union = Objects.requireNonNull(PREDICTION.getField("shadow")).schema();
    Schema schema = union.getTypes().get(1);
    for (int i = 0; i < window.size(); i++) {
      Scored row = window.get(i);
      GenericRecord shadow = new GenericData.Record(schema);
      shadow.put("model_version", SHADOW_VERSION);
      boolean reversed = random.nextDouble() < (row.positive() == row.refunded() ? lost : gained);
      if (i % 20 == 0) {
        shadow.put("rejected", "NOT_FINITE");
      } else {
        shadow.put("score", reversed ? 1 - row.score() : row.score());
        shadow.put("positive", row.positive() != reversed);
      }
      row.prediction().put("shadow", shadow);
    }
    return window;
  }

  /** Labelled rows of the eight days before the epoch: whole seasons to compare errors with. */
  static TrainingQuality.OfVersion training() {
    TrainingQuality.Counter rows =
        new TrainingQuality.Counter("score >= 0.5", Duration.ofMillis(Shop.WINDOW));
    Random random = new Random(5);
    for (int hour = -8 * 24; hour < 0; hour++) {
      for (int row = 0; row < 30; row++) {
        double score = random.nextDouble();
        rows.add(
            Duration.ofHours(hour).toMillis(), score, score >= 0.5, random.nextDouble() < score);
      }
    }
    return new TrainingQuality.OfVersion(Shop.VERSION, Objects.requireNonNull(rows.build()));
  }

  private static GenericRecord prediction(GenericRecord shop, @Nullable String channel) {
    GenericRecord prediction = new GenericData.Record(PREDICTION);
    for (Schema.Field field : PREDICTION.getFields()) {
      prediction.put(field.pos(), shop.get(field.name()));
    }
    prediction.put("positive", (Double) shop.get("score") >= 0.5);
    GenericRecord slices =
        new GenericData.Record(Objects.requireNonNull(PREDICTION.getField("slices")).schema());
    slices.put("channel", channel);
    prediction.put("slices", slices);
    return prediction;
  }
}
