package dev.millrace.schemas.pipeline;

import dev.millrace.schemas.digest.Sha256;
import dev.millrace.schemas.expression.Expression;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * A definition of a feature view, and the version that it has by this definition: views with the
 * same version have the same values. What does not change values is not part of it: the ttl, the
 * wait, and where rows are kept.
 *
 * @param view its name
 * @param version digest of the definition, 8 hexadecimal digits
 * @param definition in lines, so that people can compare two of them
 */
public record ViewVersion(String view, String version, String definition) {
  /** 32 bits distinguish the versions of one view, and 8 digits are readable in a topic name. */
  static final int DIGITS = 8;

  /** The version of a view of a pipeline. */
  public static ViewVersion of(Pipeline pipeline, FeatureView view) {
    String definition = definition(pipeline, view);
    return new ViewVersion(view.name(), digest(definition), definition);
  }

  /** The versions of all views of a pipeline, in its order. */
  public static List<ViewVersion> all(Pipeline pipeline) {
    return pipeline.features().values().stream().map(view -> of(pipeline, view)).toList();
  }

  static String digest(String text) {
    return Sha256.hex(text.getBytes(StandardCharsets.UTF_8)).substring(0, DIGITS);
  }

  private static String definition(Pipeline pipeline, FeatureView view) {
    Source source = pipeline.source(view.from());
    StringBuilder text = new StringBuilder();
    line(text, "from", source.name());
    line(text, "key", source.key());
    line(text, "time", source.time());
    line(text, "late", source.late().name().toLowerCase(Locale.ROOT));
    line(text, "entity", view.entity().toString());
    line(text, "delay", Durations.format(view.delay()));
    line(text, "align", String.valueOf(pipeline.align()));
    Labels labels = pipeline.labels();
    if (Feedback.of(view.from()) == Feedback.OUTCOMES && labels != null) {
      line(text, "label", labels.value() + " by " + labels.id() + " of " + labels.from());
      line(text, "otherwise", String.valueOf(labels.otherwise()));
      line(text, "maturity", Durations.format(labels.maturity()));
    }
    view.features().forEach(feature -> line(text, feature.name(), definition(feature)));
    return text.toString();
  }

  private static String definition(Feature feature) {
    StringBuilder text = new StringBuilder(feature.operationText());
    Expression input = feature.input();
    if (input != null) {
      text.append(" of %s (%s)".formatted(input, lower(input.resultType())));
    }
    text.append(" over ").append(feature.windowText());
    if (feature.where() != null) {
      text.append(" where ").append(feature.where());
    }
    return text.append(", ").append(lower(feature.type())).toString();
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static void line(StringBuilder text, String what, String value) {
    text.append(what).append(": ").append(value).append('\n');
  }
}
