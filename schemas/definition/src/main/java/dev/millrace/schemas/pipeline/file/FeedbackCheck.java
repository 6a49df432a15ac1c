package dev.millrace.schemas.pipeline.file;

import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Feedback;
import dev.millrace.schemas.pipeline.Model;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Checks that the values that views of predictions and outcomes use exist. */
final class FeedbackCheck {
  private FeedbackCheck() {}

  /**
   * Notes views of outcomes in a pipeline without labels, and views that use the score of a
   * pipeline without a model: the first have no events, the others no values.
   *
   * @param origins the values of {@code from}, by view
   * @param modelValue null: the file has no model
   * @param model null also if it has a mistake
   */
  static void check(
      Collection<FeatureView> views,
      Map<String, YamlValue> origins,
      @Nullable YamlValue modelValue,
      @Nullable Model model) {
    for (FeatureView view : views) {
      YamlValue origin = origins.get(view.name());
      if (origin == null || Feedback.of(view.from()) == null) {
        continue;
      }
      Set<String> used = Feedback.references(view).collect(Collectors.toSet());
      boolean usesPositive = used.contains(Feedback.POSITIVE);
      if (modelValue == null && (usesPositive || used.contains(Feedback.SCORE))) {
        origin.wrong(
            "view '%s' uses the score, but without a model there is none".formatted(view.name()),
            "a section model, or a view that does not use score and positive");
      } else if (model != null && model.positive() == null && usesPositive) {
        origin.wrong(
            "view '%s' uses positive, but the model does not say when a score is positive"
                .formatted(view.name()),
            "the key positive of the model, such as positive: score >= 0.5");
      }
    }
  }
}
