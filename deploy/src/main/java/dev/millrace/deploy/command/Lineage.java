package dev.millrace.deploy.command;

import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.pipeline.Durations;
import dev.millrace.schemas.pipeline.Feature;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Feedback;
import dev.millrace.schemas.pipeline.Lookup;
import dev.millrace.schemas.pipeline.ModelInput;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.pipeline.ViewVersion;
import dev.millrace.schemas.pipeline.file.NearestName;
import dev.millrace.schemas.topics.FeedbackSchemas;
import dev.millrace.schemas.topics.Topics;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The origin of a feature and its uses.
 *
 * @param lookups those that read the feature's view
 */
record Lineage(Pipeline pipeline, FeatureView view, Feature feature, List<Lookup> lookups) {

  /**
   * The lineage of a feature.
   *
   * @param name {@code view.feature} or {@code lookup.feature}
   * @return null if the pipeline has no such feature
   */
  static @Nullable Lineage of(Pipeline pipeline, String name) {
    int dot = name.indexOf('.');
    String owner = dot < 0 ? name : name.substring(0, dot);
    Lookup lookup = pipeline.lookups().get(owner);
    FeatureView view = lookup != null ? lookup.view() : pipeline.features().get(owner);
    if (view == null) {
      return null;
    }
    for (Feature feature : view.features()) {
      if (feature.name().equals(name.substring(dot + 1))) {
        List<Lookup> lookups =
            pipeline.lookups().values().stream()
                .filter(each -> each.view().name().equals(view.name()))
                .toList();
        return new Lineage(pipeline, view, feature, lookups);
      }
    }
    return null;
  }

  /** The message that there is no such feature, with the nearest name. */
  static String unknown(Pipeline pipeline, String name) {
    Set<String> known = featureNames(pipeline);
    if (known.isEmpty()) {
      return "pipeline %s has no features".formatted(pipeline.name());
    }
    String nearest = NearestName.of(name, known);
    return "pipeline %s has no feature %s;%s it has: %s"
        .formatted(
            pipeline.name(),
            name,
            nearest == null ? "" : " did you mean %s?".formatted(nearest),
            String.join(", ", known));
  }

  /** All features as {@code view.feature} and {@code lookup.feature}. */
  static Set<String> featureNames(Pipeline pipeline) {
    Set<String> names = new LinkedHashSet<>();
    pipeline.features().values().forEach(view -> addNames(view.name(), view, names));
    pipeline.lookups().values().forEach(lookup -> addNames(lookup.name(), lookup.view(), names));
    return names;
  }

  private static void addNames(String owner, FeatureView view, Set<String> names) {
    view.features().forEach(feature -> names.add(owner + "." + feature.name()));
  }

  /** The lineage from the source to the models, in lines. */
  String text() {
    Source source = pipeline.source(view.from());
    StringBuilder text = new StringBuilder();
    line(text, "feature", view.name() + "." + feature.name() + " (" + lower(feature.type()) + ")");
    Feedback feedback = Feedback.of(view.from());
    Source origin = feedback == null ? source : pipeline.scored();
    line(
        text,
        "source",
        "%s, topic %s, schema %s"
            .formatted(origin.name(), origin.topic(), origin.schema().getFullName()));
    fields(origin).forEach(field -> line(text, "field", field));
    rules(source).forEach(rule -> line(text, "contract", rule));
    String events =
        feedback == null
            ? Topics.clean(pipeline, source.name())
            : "%s, the %s, from %s after they were known"
                .formatted(
                    FeedbackSchemas.topic(pipeline, feedback),
                    source.name(),
                    Durations.format(view.delay()));
    line(text, "events", "topic " + events);
    String ttl = view.ttl() == null ? "" : ", ttl " + Durations.format(view.ttl());
    line(text, "view", view.name() + " by " + view.entity() + ttl);
    line(
        text,
        "version",
        "%s, rows in topic %s"
            .formatted(
                ViewVersion.of(pipeline, view).version(), Topics.features(pipeline, view.name())));
    line(text, "operation", feature.operationText() + " over " + feature.windowText());
    for (Lookup lookup : lookups) {
      line(
          text,
          "lookup",
          "%s, by %s of %s, in topic %s"
              .formatted(lookup.name(), lookup.key(), pipeline.score(), Topics.vectors(pipeline)));
    }
    inputs().forEach(input -> line(text, "input", input));
    return text.toString();
  }

  private List<String> inputs() {
    var model = pipeline.model();
    String user =
        model == null || model.path() == null ? "predictions (no model)" : "model " + model.name();
    List<String> inputs = new ArrayList<>();
    for (ModelInput input : pipeline.inputs()) {
      boolean uses =
          lookups.stream()
              .map(lookup -> lookup.name() + "." + feature.name())
              .anyMatch(input.expression().references()::contains);
      if (uses && input.kind() == ModelInput.Kind.ON_DEMAND) {
        inputs.add("%s = %s, of %s".formatted(input.name(), input.expression(), user));
      } else if (uses) {
        inputs.add(input.name() + ", of " + user);
      }
    }
    return inputs.isEmpty() ? List.of("none: " + user + " does not use it") : inputs;
  }

  /** The fields that the feature is computed from, with their types and documentation. */
  private List<String> fields(Source source) {
    List<String> fields = new ArrayList<>();
    Expression input = feature.input();
    if (input != null) {
      for (String name : input.references()) {
        boolean isField = name.equals(input.source());
        fields.add(described(source, name, isField ? "" : ", in the input " + input));
      }
    }
    Expression where = feature.where();
    if (where != null) {
      for (String name : where.references()) {
        fields.add(described(source, name, ", in the condition " + where));
      }
    }
    return fields;
  }

  private static String described(Source source, String name, String use) {
    Schema.Field field = source.schema().getField(name);
    if (field == null) {
      return name + use;
    }
    String doc = field.doc() == null ? "" : ": " + field.doc();
    String personal = field.getObjectProp("pii") == null ? "" : ", personal data";
    return name + use + personal + doc;
  }

  /** The contract rules that name one of the feature's fields. */
  private List<String> rules(Source source) {
    Set<String> used = new LinkedHashSet<>();
    if (feature.input() != null) {
      used.addAll(feature.input().references());
    }
    if (feature.where() != null) {
      used.addAll(feature.where().references());
    }
    List<String> rules = new ArrayList<>();
    for (Map.Entry<String, Expression> rule : source.contract().entrySet()) {
      if (rule.getValue().references().stream().anyMatch(used::contains)) {
        rules.add(rule.getKey() + ": " + rule.getValue());
      }
    }
    return rules;
  }

  private static String lower(Object value) {
    return value.toString().toLowerCase(Locale.ROOT);
  }

  private static void line(StringBuilder text, String what, String value) {
    text.append("%-10s%s%n".formatted(what, value));
  }
}
