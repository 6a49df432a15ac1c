package dev.millrace.deploy.command;

import static java.time.temporal.ChronoUnit.MINUTES;

import dev.millrace.schemas.model.ModelArtifact;
import dev.millrace.schemas.model.ProfiledBlocks;
import dev.millrace.schemas.model.ProfiledRows;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Durations;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Estimates whether the drift windows will contain enough predictions to be judged. */
final class WindowSizeEstimate {
  private static final Duration TWO_WEEKS = Duration.ofDays(14);

  private static final Duration ONE_DAY = Duration.ofDays(1);

  /** Windows that calibrate a test. */
  private static final int FEWEST = ProfiledBlocks.FEWEST;

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
    ProfiledBlocks blocks;
    try {
      rows = ProfiledRows.read(profile);
      blocks = ProfiledBlocks.read(profile);
    } catch (IOException e) {
      return invalid(profile);
    }
    return rows == null
        ? invalid(profile)
        : enough(rows, drift) + weeks(rows, drift) + calibration(blocks, drift);
  }

  /** What the profile has of the blocks that calibrate the tests, and what is missing. */
  private static String calibration(@Nullable ProfiledBlocks blocks, Drift drift) {
    String live = live(drift);
    if (blocks == null) {
      return "  the profile has no blocks by time: the first %d%s".formatted(FEWEST, live)
          + "    to detect drift from the first window on, profile rows with event_time%n"
              .formatted();
    }
    if (!blocks.length().equals(drift.window())) {
      return unused(blocks, drift)
          + "    to detect drift from the first window on, write it again with 'millrace profile'%n"
              .formatted();
    }
    List<Long> compared = blocks.compared(drift.minSamples());
    String found =
        String.format(
            Locale.ROOT,
            "  %d blocks of %s calibrate the tests%s%s%n",
            compared.size(),
            Durations.format(blocks.length()),
            compared.isEmpty()
                ? ""
                : String.format(
                    Locale.ROOT, ", about %,d rows each", compared.get(compared.size() / 2)),
            compared.size() == blocks.rows().size()
                ? ""
                : "; %d have too few rows".formatted(blocks.rows().size() - compared.size()));
    int missing = FEWEST - compared.size();
    return missing <= 0
        ? found + "    'millrace profile' prints which shifts they can detect%n".formatted()
        : found
            + "    %d are missing: the first %d%s".formatted(missing, missing, live)
            + "    to detect drift from the first window on, profile the rows of %s or longer%n"
                .formatted(Durations.format(drift.window().multipliedBy(FEWEST)));
  }

  private static String live(Drift drift) {
    return " live windows%s calibrate the tests, and until then no drift of inputs and scores is detected%n"
        .formatted(drift.window().compareTo(ONE_DAY) < 0 ? ", of at least one day together," : "");
  }

  private static String unused(ProfiledBlocks blocks, Drift drift) {
    return "  the profile has blocks of %s, which are not used at windows of %s: the first %d%s"
        .formatted(
            Durations.format(blocks.length()),
            Durations.format(drift.window()),
            FEWEST,
            live(drift));
  }

  /**
   * Says that a profile's blocks are not used in a backtest with windows of another length; empty
   * where they are, or where there are none.
   *
   * @param profile that the windows are compared with
   */
  static String ofBacktest(Path profile, Drift drift) throws IOException {
    ProfiledBlocks blocks = Files.exists(profile) ? ProfiledBlocks.read(profile) : null;
    return blocks == null || blocks.length().equals(drift.window())
        ? ""
        : "drift: windows of %s%n".formatted(Durations.format(drift.window()))
            + unused(blocks, drift)
            + "    to detect drift from the first window on, give --reference-from and --reference-until, whose blocks are as long as a window%n"
                .formatted();
  }

  private static String invalid(Path profile) {
    return "  warning: %s is not a training profile; create it again with 'millrace profile'%n"
        .formatted(profile);
  }

  /** Hours of the week are compared with each other, so there must be two of each. */
  private static String weeks(ProfiledRows rows, Drift drift) {
    if (drift.reference() != Reference.HOUR_OF_WEEK) {
      return "";
    }
    Instant from = rows.from();
    Instant until = rows.until();
    Duration period = from == null || until == null ? null : Duration.between(from, until);
    if (period != null && period.plus(drift.window()).compareTo(TWO_WEEKS) >= 0) {
      return "  reference: the training data of the same hour of the week, in UTC%n".formatted();
    }
    return "  warning: reference: hour-of-week needs training rows of two weeks with event_time, but they %s: windows are compared with those of the same hour of the day, or with all rows; profile at least two weeks%n"
        .formatted(
            period == null ? "have none" : "span " + Durations.format(period.truncatedTo(MINUTES)));
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
