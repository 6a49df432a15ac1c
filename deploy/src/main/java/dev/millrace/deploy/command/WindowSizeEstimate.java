package dev.millrace.deploy.command;

import dev.millrace.schemas.model.ModelArtifact;
import dev.millrace.schemas.model.ProfiledRows;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Durations;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Estimates whether the drift windows will contain enough predictions to be judged. */
final class WindowSizeEstimate {
  private WindowSizeEstimate() {}

  static String of(Pipeline pipeline, Drift drift) {
    return "%ndrift: windows of %s, each judged if it has %d predictions or more%n%s"
        .formatted(
            Durations.format(drift.window()),
            drift.minSamples(),
            drift.first() == null
                ? rows(pipeline.model(), drift)
                : first(drift.first(), drift.window()));
  }

  private static String first(Duration first, Duration window) {
    return "  reference: the first %s of predictions of each model version, after the feature windows have filled: %d windows; until then no drift is detected%n"
        .formatted(Durations.format(first), first.toMillis() / window.toMillis());
  }

  private static String rows(@Nullable Model model, Drift drift) {
    Path directory = model == null ? null : model.path();
    if (directory == null) {
      return "";
    }
    Path profile = ModelArtifact.profile(directory);
    if (!Files.exists(profile)) {
      return "  warning: %s is missing, so drift is not detected; create it with 'millrace profile'%n"
          .formatted(profile);
    }
    ProfiledRows rows;
    try {
      rows = ProfiledRows.read(profile);
    } catch (IOException e) {
      return invalid(profile);
    }
    return rows == null ? invalid(profile) : enough(rows, drift);
  }

  private static String invalid(Path profile) {
    return "  warning: %s is not a training profile; create it again with 'millrace profile'%n"
        .formatted(profile);
  }

  private static String enough(ProfiledRows rows, Drift drift) {
    if (rows.rows() < drift.minSamples()) {
      return "  warning: %s has %d rows, fewer than min_samples: every window will be INSUFFICIENT; profile more rows%n"
          .formatted(ModelArtifact.PROFILE, rows.rows());
    }
    Double expected = rows.perWindow(drift.window());
    if (expected == null) {
      return "";
    }
    String rate =
        String.format(Locale.ROOT, "  the profiled rows make %,.0f per window%n", expected);
    if (expected >= drift.minSamples()) {
      return rate;
    }
    Duration enough =
        Duration.ofMinutes(
            (long) Math.ceil(drift.window().toSeconds() * drift.minSamples() / expected / 60));
    return rate
        + "  warning: at this rate every window will be INSUFFICIENT: set drift.window to %s or longer, or min_samples to %d (fewer samples detect only large changes). The profiled rows may be only a part of the events, such as rows held out of the training%n"
            .formatted(Durations.format(enough), Math.max(1, (int) Math.floor(expected)));
  }
}
