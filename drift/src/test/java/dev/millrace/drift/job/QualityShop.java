package dev.millrace.drift.job;

import dev.millrace.drift.Shop;
import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.expression.Type;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.PipelineSchemas;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** The shop with decisions and slices. */
final class QualityShop {
  static final Pipeline PIPELINE = pipeline();
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

  private static Pipeline pipeline() {
    Pipeline shop = Shop.pipeline();
    Labels labels = Objects.requireNonNull(shop.labels());
    Model model = Objects.requireNonNull(shop.model());
    Expression positive = Expression.compile("score >= 0.5", Map.of("score", Type.DOUBLE));
    return new Pipeline(
        shop.name(),
        shop.guarantee(),
        shop.partitions(),
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
            30),
        shop.retrain());
  }

  /**
   * Predictions of a window, whose scores are the probabilities of a refund.
   *
   * @param wrong share of the orders whose label is another one
   */
  static List<Scored> window(long number, int size, double wrong) {
    Random random = new Random(number);
    List<Scored> scored = new ArrayList<>();
    for (GenericRecord shop : Shop.window(number * Shop.WINDOW, size, 0)) {
      double score = (Double) shop.get("score");
      String channel = Shop.channel(random);
      boolean refunded = random.nextDouble() < score;
      boolean flipped = random.nextDouble() < wrong;
      scored.add(new Scored(prediction(shop, channel), channel, refunded != flipped));
    }
    return scored;
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
