package dev.millrace.inference.onnx;

import dev.millrace.inference.onnx.Scored.Cause;
import dev.millrace.inference.onnx.Scored.Rejected;
import dev.millrace.schemas.pipeline.ModelInput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The result of the calls of a model before the first event.
 *
 * @param rejections number of calls without a score
 * @param warnings the inputs without a score and the reason, one per kind
 */
record WarmUpResult(int rejections, List<String> warnings) {
  /** Enough for ONNX Runtime to allocate its memory and for the JVM to load all classes. */
  private static final int CALLS = 20;

  /**
   * Calls a model with {@link WarmUpRow rows}, with each input missing alone, and then {@link
   * #CALLS} times.
   *
   * @throws ModelException if no call gives a score, or an output has not the shape of a score
   */
  static WarmUpResult run(ModelFile file, Scorer scorer, List<ModelInput> inputs) {
    Map<WarmUpRow, Rejected> failed = new LinkedHashMap<>();
    WarmUpRow good = null;
    for (WarmUpRow row : WarmUpRow.of(inputs, file.profile())) {
      Rejected rejected = score(file.path(), scorer, row);
      if (rejected != null) {
        failed.put(row, rejected);
      } else if (good == null) {
        good = row;
      }
    }
    if (good == null) {
      throw new ModelException(noScore(file, failed));
    }
    List<String> warnings = new ArrayList<>();
    failed.forEach((row, rejected) -> warnings.add(row.name() + ": " + rejected.detail()));
    int missing = missing(file.path(), scorer, inputs, good, warnings);
    for (int call = 0; call < CALLS; call++) {
      scorer.score(good.values().toArray());
    }
    return new WarmUpResult(failed.size() + missing, warnings);
  }

  /** Calls the model with each input missing alone, and counts calls without a score. */
  private static int missing(
      Path path, Scorer scorer, List<ModelInput> inputs, WarmUpRow good, List<String> warnings) {
    int count = 0;
    for (int i = 0; i < inputs.size(); i++) {
      Rejected rejected = score(path, scorer, good.without(i));
      if (rejected != null) {
        warnings.add("input '%s' missing: %s".formatted(inputs.get(i).name(), rejected.detail()));
        count++;
      }
    }
    return count;
  }

  private static @Nullable Rejected score(Path path, Scorer scorer, WarmUpRow row) {
    if (!(scorer.score(row.values().toArray()) instanceof Rejected rejected)) {
      return null;
    }
    if (rejected.cause() == Cause.SHAPE) {
      throw new ModelException(
          "%s: %s, so model.score cannot be read from it".formatted(path, rejected.detail()));
    }
    return rejected;
  }

  private static String noScore(ModelFile file, Map<WarmUpRow, Rejected> failed) {
    StringBuilder text = new StringBuilder();
    text.append("%s is not served: no warm-up call gave a score".formatted(file.path()));
    failed.forEach(
        (row, rejected) -> text.append("%n  %s: %s".formatted(row.name(), rejected.detail())));
    if (file.profile() == null) {
      text.append(
          "%nIf the model needs values as in its training data, put its profile.json beside it ('millrace profile' writes it): then the warm-up uses such values."
              .formatted());
    }
    return text.toString();
  }
}
