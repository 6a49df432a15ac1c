package dev.millrace.schemas.pipeline.file;

import dev.millrace.schemas.pipeline.Cause;
import dev.millrace.schemas.pipeline.Retrain;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/** Reads {@code retrain}. */
final class RetrainReader {
  private static final ValueSpec.Constant<Cause> CAUSE = new ValueSpec.Constant<>(Cause.class);

  private static final KeySpec<ValueSpec.ListOf> ON =
      KeySpec.optional(
          "on",
          new ValueSpec.ListOf(
              CAUSE, false, "a list of data, prediction, concept, quality, or some of them"),
          "what may trigger retraining: drift of the data, of the prediction, of the concept, loss of quality; all unless given");
  private static final KeySpec<ValueSpec.Time> COOLDOWN =
      KeySpec.optional("cooldown", ValueSpec.Time.ANY, "24h", "least time between two triggers");
  private static final KeySpec<ValueSpec.Whole> MIN_LABELS =
      KeySpec.optional(
          "min_labels",
          new ValueSpec.Whole(0),
          "0",
          "how many labels of predictions since the drift began a trigger waits for");

  static final KeySpec<ValueSpec.Block> CALL =
      KeySpec.optional(
          "call",
          TriggerCallReader.FORM,
          "the HTTP call that is made for each trigger; without it, triggers are only in their topic");

  static final ValueSpec.Block FORM = ValueSpec.Block.of(ON, COOLDOWN, MIN_LABELS, CALL);

  private RetrainReader() {}

  /**
   * Reads the conditions under which retraining is triggered.
   *
   * @param hasLabels whether the pipeline has labels
   * @param directory of the pipeline file
   */
  static Retrain read(YamlValue value, boolean hasLabels, Path directory) {
    YamlMapping mapping = value.mapping(FORM);
    YamlValue on = mapping.value(ON);
    Duration cooldown = mapping.duration(COOLDOWN);
    int minLabels = mapping.whole(MIN_LABELS);
    YamlValue awaited = mapping.value(MIN_LABELS);
    YamlValue call = mapping.value(CALL);
    mapping.close();
    if (awaited != null && minLabels > 0 && !hasLabels) {
      awaited.wrong("there are no labels to wait for", "a 'labels' section, or 0");
    }
    Set<Cause> causes = EnumSet.allOf(Cause.class);
    if (on != null) {
      causes = EnumSet.noneOf(Cause.class);
      for (YamlValue item : on.list(ON.form())) {
        causes.addAll(cause(item, hasLabels));
      }
    }
    return new Retrain(
        causes,
        cooldown,
        minLabels,
        call == null ? null : new TriggerCallReader(directory).read(call));
  }

  private static Set<Cause> cause(YamlValue value, boolean hasLabels) {
    if (value.isText("concept") && !hasLabels) {
      value.wrong("concept drift is found with labels, and there are none", "a 'labels' section");
    }
    Cause cause = value.constant("cause", CAUSE);
    return cause == null ? Set.of() : Set.of(cause);
  }
}
