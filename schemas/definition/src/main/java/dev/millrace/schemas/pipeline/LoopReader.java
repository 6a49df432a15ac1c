package dev.millrace.schemas.pipeline;

import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.expression.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what keeps a model honest: {@code labels}, {@code drift} and {@code retrain}. */
final class LoopReader {
  private static final Duration WINDOW = Duration.ofHours(1);
  private static final Budget BUDGET = new Budget(1, Duration.ofDays(30));
  private static final double MIN_EFFECT = 0.02;

  /**
   * From so many values on Kolmogorov-Smirnov's approximation calls no more windows than its level
   * allows, against the exact distribution down to 1e-6. Fisher's test of shares is exact at any
   * number; chi-square and the test of new categories are approximations that keep their level in
   * simulations.
   */
  private static final int MIN_SAMPLES = 30;

  private static final Duration COOLDOWN = Duration.ofHours(24);

  private static final Set<Type> LABELS = Set.of(Type.BOOLEAN, Type.LONG, Type.DOUBLE);
  private static final Pattern BUDGET_TEXT = Pattern.compile("(\\d{1,6}) +per +(\\S+)");

  private LoopReader() {}

  /** Null where there is no source or no label to go on with. */
  static @Nullable Labels labels(Entry entry, Sources sources, @Nullable Source scored) {
    Section section = entry.section();
    Source from = sources.named(section.required("from", "the source of the labels"));
    Entry id = section.required("id", "the field that holds the scored event's id");
    Entry value = section.required("value", "the label, as an expression");
    Entry otherwise = section.optional("otherwise");
    Entry maturity = section.required("maturity", Durations.EXPECTED);
    Entry slices = section.optional("slices");
    section.close();
    Duration matures = maturity == null ? null : maturity.positiveDuration();
    List<String> sliced = slices == null || scored == null ? List.of() : slices(slices, scored);
    if (from == null) {
      return null;
    }
    String idField = Sources.field(id, from.schema(), Sources.IDS);
    Expression label =
        value == null
            ? null
            : value.expression(
                Fields.types(from.schema()),
                LABELS,
                "a condition or a number over the fields of '" + from.name() + "'");
    Expression assumed = otherwise == null ? null : assumed(otherwise, label);
    return label == null || idField == null || matures == null
        ? null
        : new Labels(from.name(), idField, label, assumed, matures, sliced);
  }

  private static @Nullable Expression assumed(Entry entry, @Nullable Expression label) {
    if (label == null) {
      return entry.expression(Map.of(), LABELS, "a constant label");
    }
    return label.resultType() == Type.BOOLEAN
        ? entry.expression(Map.of(), Set.of(Type.BOOLEAN), "true or false, as value is a condition")
        : entry.expression(
            Map.of(), Set.of(Type.LONG, Type.DOUBLE), "a number, as value is a number");
  }

  private static List<String> slices(Entry entry, Source scored) {
    List<String> slices = new ArrayList<>();
    for (Entry item : entry.list("a list of fields of '" + scored.name() + "'")) {
      String field = Sources.field(item, scored.schema(), Sources.KEYS);
      if (field != null && slices.contains(field)) {
        item.wrong("the slice '" + field + "' is there already", null);
      } else if (field != null) {
        slices.add(field);
      }
    }
    return slices;
  }

  static Drift drift(Entry entry) {
    Section section = entry.section();
    Entry window = section.optional("window");
    Entry reference = section.optional("reference");
    Entry budget = section.optional("false_alarms");
    Entry effect = section.optional("min_effect");
    int minSamples = section.integer("min_samples", 1, MIN_SAMPLES);
    section.close();
    Duration length = window == null ? null : window.positiveDuration();
    Double minEffect = effect == null ? null : effect.number(0, 1);
    if (reference != null) {
      checkReference(reference);
    }
    return new Drift(
        length == null ? WINDOW : length,
        Reference.TRAINING,
        budget == null ? BUDGET : budget(budget),
        minEffect == null ? MIN_EFFECT : minEffect,
        minSamples);
  }

  private static void checkReference(Entry entry) {
    if (entry.isMapping()) {
      entry.wrong("a mapping is not supported yet", "training");
      return;
    }
    String text = entry.text("training");
    if ("hour-of-week".equals(text)) {
      entry.wrong("'hour-of-week' is not supported yet", "training");
    } else if (text != null && !text.equals("training")) {
      entry.unknown("reference", text, Set.of("training"));
    }
  }

  private static Budget budget(Entry entry) {
    String expected = "a budget such as 1 per 30d";
    String text = entry.text(expected);
    Matcher matcher = BUDGET_TEXT.matcher(text == null ? "" : text);
    Duration per = matcher.matches() ? Durations.parse(matcher.group(2)) : null;
    int alarms = per == null ? 0 : Integer.parseInt(matcher.group(1));
    if (per != null && alarms > 0 && !per.isZero()) {
      return new Budget(alarms, per);
    }
    if (text != null) {
      entry.wrong("'" + text + "' is no budget", expected);
    }
    return BUDGET;
  }

  /**
   * @param labeled whether the pipeline has labels
   */
  static Retrain retrain(Entry entry, boolean labeled) {
    Section section = entry.section();
    Entry on = section.optional("on");
    Duration cooldown = section.duration("cooldown", COOLDOWN);
    int minLabels = section.integer("min_labels", 0, 0);
    Entry awaited = section.optional("min_labels");
    section.close();
    if (awaited != null && minLabels > 0 && !labeled) {
      awaited.wrong("there are no labels to await", "a 'labels' section, or 0");
    }
    Set<Cause> causes = EnumSet.allOf(Cause.class);
    if (on != null) {
      causes = EnumSet.noneOf(Cause.class);
      for (Entry item : on.list("a list of data, prediction, or one of them")) {
        causes.addAll(cause(item));
      }
    }
    return new Retrain(causes, cooldown, minLabels);
  }

  private static Set<Cause> cause(Entry entry) {
    String supported = "data or prediction";
    String text = entry.text(supported);
    if (text == null || text.equals("concept")) {
      if (text != null) {
        entry.wrong("'concept' is not supported yet", supported);
      }
      return Set.of();
    }
    Cause cause = entry.constant("cause", Cause.class);
    return cause == null ? Set.of() : Set.of(cause);
  }
}
