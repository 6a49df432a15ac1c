package dev.millrace.deploy.command;

import dev.millrace.schemas.expression.Type;
import dev.millrace.schemas.pipeline.Budget;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Durations;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Reference;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Settings of drift that are valid and have another effect than they seem to have. */
final class DriftAdvice {
  private static final Duration WEEK = Duration.ofDays(7);

  /** Lengths of windows that begin at the same times of each week, in their order. */
  private static final List<Duration> OF_A_WEEK =
      List.of(
          Duration.ofMinutes(1),
          Duration.ofMinutes(5),
          Duration.ofMinutes(10),
          Duration.ofMinutes(15),
          Duration.ofMinutes(20),
          Duration.ofMinutes(30),
          Duration.ofHours(1),
          Duration.ofHours(2),
          Duration.ofHours(3),
          Duration.ofHours(4),
          Duration.ofHours(6),
          Duration.ofHours(8),
          Duration.ofHours(12),
          Duration.ofDays(1),
          WEEK);

  private DriftAdvice() {}

  /** One line for each setting. */
  static String of(Pipeline pipeline, Drift drift) {
    return hours(drift) + budget(drift) + classes(pipeline);
  }

  /** Blocks of the same hour of the week exist only if windows begin at the same hours. */
  private static String hours(Drift drift) {
    Duration window = drift.window();
    if (drift.reference() != Reference.HOUR_OF_WEEK || window.compareTo(WEEK) >= 0) {
      return "";
    }
    if (WEEK.toMillis() % window.toMillis() == 0) {
      return "";
    }
    String better =
        Stream.of(
                OF_A_WEEK.stream().filter(each -> each.compareTo(window) < 0).reduce((x, y) -> y),
                OF_A_WEEK.stream().filter(each -> each.compareTo(window) > 0).findFirst())
            .flatMap(Optional::stream)
            .map(Durations::format)
            .collect(Collectors.joining(" or "));
    return "  warning: reference: hour-of-week: windows of %s do not divide a week, so they do not begin at the same times of each week, and are compared with few windows of other hours, or with all rows; set drift.window to %s%n"
        .formatted(Durations.format(window), better);
  }

  private static String budget(Drift drift) {
    Budget budget = drift.falseAlarms();
    double granted = budget.perWindow(drift.window());
    if (granted <= Budget.MOST_PER_WINDOW) {
      return "";
    }
    Duration window = drift.window();
    double most = Budget.MOST_PER_WINDOW * budget.per().toMillis() / window.toMillis();
    Budget equal =
        most >= 1
            ? new Budget((int) most, budget.per())
            : new Budget(1, window.multipliedBy(Math.round(1 / Budget.MOST_PER_WINDOW)));
    return String.format(
        Locale.ROOT,
        "  warning: false_alarms: %s would be %.2f in each window of %s, but the level of a window is at most %s: set drift.false_alarms to %s, which is what is used%s%n",
        budget,
        granted,
        Durations.format(window),
        Budget.MOST_PER_WINDOW,
        equal,
        most >= 1 ? ", rounded down" : ", or a shorter drift.window");
  }

  /** Whether labels are 0 and 1 is not known before they come. */
  private static String classes(Pipeline pipeline) {
    Model model = pipeline.model();
    Labels labels = pipeline.labels();
    if (model == null
        || model.positive() == null
        || labels == null
        || labels.value().resultType() == Type.BOOLEAN) {
      return "";
    }
    return "  labels: labels.value '%s' is a number, and model.positive '%s' makes two classes of it: labels other than 0 and 1 are excluded from quality. If the score predicts the number, remove model.positive; otherwise make labels.value a condition, such as '%s > 0'%n"
        .formatted(labels.value().source(), model.positive().source(), labels.value().source());
  }
}
