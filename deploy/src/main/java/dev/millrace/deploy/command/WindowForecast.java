package dev.millrace.deploy.command;

import dev.millrace.schemas.model.ModelArtifact;
import dev.millrace.schemas.model.ProfiledRows;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether the windows that drift is looked for in can be expected to hold enough predictions. */
final class WindowForecast {
  private WindowForecast() {}

  static String of(Pipeline pipeline, Drift drift) {
    return "%ndrift: windows of %s, each judged from %d predictions on%n%s"
        .formatted(text(drift.window()), drift.minSamples(), rows(pipeline.model(), drift));
  }

  private static String rows(@Nullable Model model, Drift drift) {
    Path directory = model == null ? null : model.path();
    if (directory == null) {
      return "";
    }
    Path profile = ModelArtifact.profile(directory);
    if (!Files.exists(profile)) {
      return "  warning: %s is missing, so drift is not looked for; write it with 'millrace profile'%n"
          .formatted(profile);
    }
    ProfiledRows rows;
    try {
      rows = ProfiledRows.read(profile);
    } catch (IOException e) {
      return unreadable(profile);
    }
    return rows == null ? unreadable(profile) : enough(rows, drift);
  }

  private static String unreadable(Path profile) {
    return "  warning: %s is not a training profile; write it anew with 'millrace profile'%n"
        .formatted(profile);
  }

  private static String enough(ProfiledRows rows, Drift drift) {
    if (rows.rows() < drift.minSamples()) {
      return "  warning: %s has %d rows, fewer than min_samples: every window is INSUFFICIENT; profile more rows%n"
          .formatted(ModelArtifact.PROFILE, rows.rows());
    }
    Double expected = rows.perWindow(drift.window());
    if (expected == null) {
      return "";
    }
    String come =
        String.format(Locale.ROOT, "  the profiled rows come to %,.0f a window%n", expected);
    if (expected >= drift.minSamples()) {
      return come;
    }
    Duration enough =
        Duration.ofSeconds(
            (long) Math.ceil(drift.window().toSeconds() * drift.minSamples() / expected));
    return come
        + "  warning: if no more rows than these are served, every window is INSUFFICIENT: choose a drift.window of %s or longer, or min_samples of %d (fewer find only large changes). Rows held out of a training are a part of what is served%n"
            .formatted(text(enough), Math.max(1, (int) Math.floor(expected)));
  }

  /** {@code 1d}, {@code 2h8m34s}. */
  private static String text(Duration duration) {
    return duration.toDays() > 0 && duration.toSeconds() % Duration.ofDays(1).toSeconds() == 0
        ? duration.toDays() + "d"
        : duration.toString().substring(2).toLowerCase(Locale.ROOT);
  }
}
