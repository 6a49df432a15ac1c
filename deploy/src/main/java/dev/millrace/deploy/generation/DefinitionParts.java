package dev.millrace.deploy.generation;

import dev.millrace.schemas.digest.Sha256;
import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.model.ModelArtifact;
import dev.millrace.schemas.pipeline.Credentials;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Durations;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Retrain;
import dev.millrace.schemas.pipeline.Secret;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.pipeline.TriggerCall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a definition that are neither lookups nor the values of views, as text in lines of
 * {@code key: value}. Two definitions with the same text of a part mean the same by it.
 */
public final class DefinitionParts {
  /** Guarantee, partitions, scored source. */
  public static final String PIPELINE = "pipeline";

  /** The model, its shadow and its decision. */
  public static final String MODEL = "model";

  /** The key of the shadow's version in the part {@link #MODEL}. */
  public static final String SHADOW = "shadow";

  /** The inputs in predictions. */
  public static final String INPUTS = "inputs";

  public static final String LABELS = "labels";
  public static final String DRIFT = "drift";
  public static final String RETRAIN = "retrain";
  public static final String SKEW = "skew";

  /** What the keys of the call of a trigger begin with, in the part {@link #RETRAIN}. */
  public static final String CALL = "call ";

  /** Followed by the name of a source. */
  public static final String SOURCE = "source ";

  /** Followed by the name of a view: what does not change its values. */
  public static final String VIEW = "settings of view ";

  private DefinitionParts() {}

  /**
   * The text of each part by its name; a part that the definition does not have is missing.
   *
   * @throws UncheckedIOException if the model cannot be read
   */
  public static Map<String, String> of(Pipeline pipeline) {
    Map<String, String> parts = new TreeMap<>();
    parts.put(PIPELINE, pipeline(pipeline));
    pipeline.sources().values().forEach(source -> parts.put(SOURCE + source.name(), of(source)));
    pipeline.features().values().forEach(view -> parts.put(VIEW + view.name(), settings(view)));
    Lines inputs = new Lines();
    pipeline
        .inputs()
        .forEach(input -> inputs.add(input.name(), input.expression().source(), input.type()));
    parts.put(INPUTS, inputs.text());
    put(parts, MODEL, pipeline.model() == null ? null : of(pipeline.model()));
    put(parts, LABELS, pipeline.labels() == null ? null : of(pipeline.labels()));
    put(parts, DRIFT, pipeline.drift() == null ? null : of(pipeline.drift()));
    put(parts, RETRAIN, pipeline.retrain() == null ? null : of(pipeline.retrain()));
    put(
        parts,
        SKEW,
        pipeline.skew() == null
            ? null
            : new Lines().add("alarm_above", pipeline.skew().alarmAbove()).text());
    return parts;
  }

  private static void put(Map<String, String> parts, String name, @Nullable String text) {
    if (text != null) {
      parts.put(name, text);
    }
  }

  private static String pipeline(Pipeline pipeline) {
    return new Lines()
        .add("guarantee", lower(pipeline.guarantee()))
        .add("partitions", pipeline.partitions())
        .add("score", pipeline.score())
        .text();
  }

  private static String of(Source source) {
    Lines lines =
        new Lines()
            .add("topic", source.topic())
            .add("id", source.id())
            .add("key", source.key())
            .add("time", source.time())
            .add("lateness", Durations.format(source.lateness()))
            .add("late", lower(source.late()))
            .add("deduplicate", Durations.format(source.deduplicate()))
            .add("max_ahead", Durations.format(source.maxAhead()));
    source.contract().forEach((rule, check) -> lines.add("contract " + rule, check.source()));
    for (Schema.Field field : source.schema().getFields()) {
      lines.add("field " + field.name(), field.schema());
    }
    return lines.text();
  }

  private static String settings(FeatureView view) {
    return new Lines()
        .add("ttl", view.ttl() == null ? "none" : Durations.format(view.ttl()))
        .add(
            "wait",
            view.rowWait().atMost() == null ? "forever" : Durations.format(view.rowWait().atMost()))
        .add("join", lower(view.join()))
        .text();
  }

  private static String of(Model model) {
    Lines lines = new Lines().add("name", model.name());
    try {
      if (model.path() != null) {
        ModelArtifact artifact = ModelArtifact.read(model.path());
        lines.add("version", artifact.version());
        lines.addIfPresent("profile", artifact.profileDigest());
      }
      if (model.shadow() != null) {
        lines.add(SHADOW, ModelArtifact.read(model.shadow()).version());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the model " + model.name() + " cannot be read", e);
    }
    lines.addIfPresent("score", model.score());
    lines.addIfPresent("positive", source(model.positive()));
    return lines.text();
  }

  private static String of(Labels labels) {
    Lines lines =
        new Lines()
            .add("from", labels.from())
            .add("id", labels.id())
            .add("value", labels.value().source())
            .addIfPresent("otherwise", source(labels.otherwise()))
            .add("maturity", Durations.format(labels.maturity()));
    labels.slices().forEach(slice -> lines.add("slice " + slice, "yes"));
    return lines.text();
  }

  private static String of(Drift drift) {
    Lines lines =
        new Lines()
            .add("window", Durations.format(drift.window()))
            .add(
                "reference",
                drift.first() == null
                    ? lower(drift.reference())
                    : "first " + Durations.format(drift.first()))
            .add(
                "false_alarms",
                "%d per %s"
                    .formatted(
                        drift.falseAlarms().alarms(), Durations.format(drift.falseAlarms().per())))
            .add("min_effect", drift.minEffect())
            .add("min_samples", drift.minSamples())
            .add("recovery_windows", drift.recoveryWindows())
            .add("season", Durations.format(drift.season()));
    drift.slices().forEach(slice -> lines.add("slice " + slice, "yes"));
    return lines.text();
  }

  private static String of(Retrain retrain) {
    Lines lines =
        new Lines()
            .add(
                "on",
                retrain.on().stream()
                    .map(DefinitionParts::lower)
                    .sorted()
                    .collect(Collectors.joining(", ")))
            .add("cooldown", Durations.format(retrain.cooldown()))
            .add("min_labels", retrain.minLabels());
    if (retrain.call() != null) {
      of(retrain.call(), lines);
    }
    return lines.text();
  }

  /** Names of secrets, never their values. */
  private static void of(TriggerCall call, Lines lines) {
    lines.add(CALL + "url", url(call.url()));
    if (call.airflow() != null) {
      lines.add(CALL + "dag", call.airflow().dag());
      lines.add(CALL + "api", lower(call.airflow().api()));
    }
    if (call.credentials() instanceof Credentials.Token token) {
      lines.add(CALL + "token", of(token.token()));
    } else if (call.credentials() instanceof Credentials.Login login) {
      lines.add(CALL + "login", login.user() + ", " + of(login.password()));
    }
    lines.add(CALL + "max_age", Durations.format(call.maxAge()));
  }

  /** With a digest in place of the query, which may contain a key: parts are in a topic. */
  private static String url(String url) {
    int query = url.indexOf('?');
    return query < 0
        ? url
        : "%s, SHA-256 of the query %s"
            .formatted(url.substring(0, query), Sha256.shortHex(List.of(url.substring(query + 1))));
  }

  private static String of(Secret secret) {
    return secret instanceof Secret.OfFile file
        ? "file " + file.path()
        : "env " + ((Secret.OfEnvironment) secret).variable();
  }

  private static @Nullable String source(@Nullable Expression expression) {
    return expression == null ? null : expression.source();
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** Lines of {@code key: value}; a value has no line break. */
  private static final class Lines {
    private final StringBuilder text = new StringBuilder();

    Lines add(String key, Object value) {
      text.append(key).append(": ").append(String.valueOf(value).replaceAll("\\s+", " "));
      text.append('\n');
      return this;
    }

    Lines add(String key, Object value, Enum<?> type) {
      return add(key, value + " (" + lower(type) + ")");
    }

    Lines addIfPresent(String key, @Nullable Object value) {
      return value == null ? this : add(key, value);
    }

    String text() {
      return text.toString();
    }
  }
}
