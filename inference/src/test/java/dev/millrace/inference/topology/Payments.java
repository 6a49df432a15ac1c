package dev.millrace.inference.topology;

import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.expression.Type;
import dev.millrace.schemas.operation.Operation;
import dev.millrace.schemas.operation.Window;
import dev.millrace.schemas.pipeline.EntityKey;
import dev.millrace.schemas.pipeline.Feature;
import dev.millrace.schemas.pipeline.FeatureType;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Guarantee;
import dev.millrace.schemas.pipeline.InputType;
import dev.millrace.schemas.pipeline.Join;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.pipeline.Lookup;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.ModelInput;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.pipeline.Wait;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline with a view of each kind: fed by the vectors (card), fed by its topic in the event's
 * partition (logins), replicated (merchant).
 */
final class Payments {
  static final Duration TTL = Duration.ofHours(1);

  static final Schema EVENT =
      SchemaBuilder.record("Payment")
          .namespace("test")
          .fields()
          .requiredString("payment_id")
          .requiredString("card")
          .optionalString("merchant")
          .name("paid_at")
          .type(LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG)))
          .noDefault()
          .optionalDouble("amount")
          .optionalBoolean("online")
          .endRecord();

  private static final Source PAYMENTS = source("payments", "payment_id");
  private static final Source LOGINS = source("logins", "payment_id");

  private Payments() {}

  private static Source source(String name, String id) {
    return new Source(
        name,
        name + "-raw",
        EVENT,
        id,
        "card",
        "paid_at",
        Duration.ofMinutes(5),
        LatePolicy.TOPIC,
        Duration.ofHours(1),
        Duration.ofHours(1),
        Map.of());
  }

  private static final Window HOUR = Window.sliding(3_600_000);

  static FeatureView view(String name, String from, String entity, Wait wait) {
    return new FeatureView(
        name,
        from,
        EntityKey.of(entity),
        from.equals("payments") && entity.equals("card") ? null : TTL,
        wait,
        List.of(
            new Feature("count_1h", Operation.COUNT, null, null, null, HOUR, FeatureType.LONG),
            new Feature(
                "amount_sum_1h",
                Operation.SUM,
                null,
                Expression.compile("amount", Fields.types(EVENT)),
                null,
                HOUR,
                FeatureType.DOUBLE)));
  }

  /** The same view, whose rows are in the partition of their entity. */
  static FeatureView repartitioned(FeatureView view) {
    return new FeatureView(
        view.name(),
        view.from(),
        view.entity(),
        view.ttl(),
        view.rowWait(),
        Join.REPARTITION,
        view.delay(),
        view.features());
  }

  static Pipeline standard(Wait wait) {
    return pipeline(
        true,
        view("card", "payments", "card", wait),
        view("logins", "logins", "card", wait),
        view("merchant", "payments", "merchant", wait));
  }

  static Pipeline pipeline(boolean scored, FeatureView... views) {
    Map<String, FeatureView> byName = new LinkedHashMap<>();
    for (FeatureView view : views) {
      byName.put(view.name(), view);
    }
    Map<String, Type> variables = variables(byName);
    Path path = scored ? Path.of("models/fraud") : null;
    Expression positive = Expression.compile("score >= 100.0", Map.of("score", Type.DOUBLE));
    Model model = new Model("fraud", path, inputs(byName, variables), "score", positive);
    return pipeline(byName, model);
  }

  static Pipeline pipeline(Map<String, FeatureView> views, @Nullable Model model) {
    Expression fraud = Expression.compile("online", Fields.types(EVENT));
    Labels labels =
        new Labels("logins", "payment_id", fraud, null, Duration.ofHours(1), List.of("merchant"));
    Map<String, Source> sources = new LinkedHashMap<>();
    sources.put("payments", PAYMENTS);
    sources.put("logins", LOGINS);
    return new Pipeline(
        "shop", Guarantee.EXACTLY_ONCE, 4, sources, "payments", views, model, labels, null, null);
  }

  /** One view that is looked up by each of the fields, without a model. */
  static Pipeline twoLookups(FeatureView view, String... fields) {
    Pipeline plain = pipeline(Map.of(view.name(), view), null);
    Map<String, Lookup> lookups = new LinkedHashMap<>();
    for (String field : fields) {
      String name = "by_" + field;
      lookups.put(name, new Lookup(name, view, EntityKey.of(field)));
    }
    return new Pipeline(
        plain.name(),
        plain.guarantee(),
        plain.partitions(),
        plain.sources(),
        plain.score(),
        false,
        plain.features(),
        lookups,
        null,
        plain.labels(),
        null,
        null,
        null);
  }

  static Pipeline atLeastOnce(Pipeline pipeline) {
    return new Pipeline(
        pipeline.name(),
        Guarantee.AT_LEAST_ONCE,
        pipeline.partitions(),
        pipeline.sources(),
        pipeline.score(),
        pipeline.features(),
        pipeline.model(),
        pipeline.labels(),
        pipeline.drift(),
        pipeline.retrain());
  }

  private static List<ModelInput> inputs(
      Map<String, FeatureView> views, Map<String, Type> variables) {
    List<ModelInput> inputs = new ArrayList<>();
    inputs.add(input("amount", "amount", variables, ModelInput.Kind.SOURCE_FIELD));
    for (String view : views.keySet()) {
      inputs.add(
          input(
              view + "_amount_sum_1h",
              view + ".amount_sum_1h",
              variables,
              ModelInput.Kind.VIEW_FEATURE));
    }
    if (views.containsKey("merchant") && views.containsKey("card")) {
      inputs.add(
          input(
              "share",
              "card.amount_sum_1h / merchant.count_1h",
              variables,
              ModelInput.Kind.ON_DEMAND));
    }
    return inputs;
  }

  private static ModelInput input(
      String name, String source, Map<String, Type> variables, ModelInput.Kind kind) {
    return new ModelInput(name, Expression.compile(source, variables), kind, InputType.NUMBER);
  }

  private static Map<String, Type> variables(Map<String, FeatureView> views) {
    Map<String, Type> variables = new HashMap<>(Fields.types(EVENT));
    for (String view : views.keySet()) {
      variables.put(view + ".count_1h", Type.DOUBLE);
      variables.put(view + ".amount_sum_1h", Type.DOUBLE);
    }
    return variables;
  }
}
