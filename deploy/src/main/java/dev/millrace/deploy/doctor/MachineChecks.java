package dev.millrace.deploy.doctor;

import dev.millrace.deploy.doctor.Facts.ClockReading;
import dev.millrace.deploy.doctor.Facts.Disk;
import dev.millrace.deploy.provision.Difference;
import dev.millrace.schemas.topics.Topics;
import java.time.Duration;
import java.util.List;

/** Checks of clocks, disks and the files of the model. */
final class MachineChecks {
  /** NTP keeps clocks within milliseconds; the Date header of HTTP has whole seconds. */
  private static final Duration SUSPECT = Duration.ofSeconds(2);

  /**
   * From here on a partition that is idle is taken for one that is active, or the reverse: the
   * limit of {@code millrace.idle} in WIRE.md.
   */
  private static final Duration WRONG = Duration.ofSeconds(30);

  private static final double LITTLE_SPACE = 0.15;
  private static final double NO_SPACE = 0.05;

  static final List<Check> ALL =
      List.of(MachineChecks::clocks, MachineChecks::disks, MachineChecks::model);

  private MachineChecks() {}

  private static List<Finding> clocks(Facts facts) {
    return facts
        .clocks()
        .check(
            "clocks",
            clocks -> {
              Findings findings = new Findings("clocks");
              for (ClockReading clock : clocks) {
                // Only what is certain counts.
                Duration off = clock.ahead().abs().minus(clock.uncertainty());
                if (off.compareTo(SUSPECT) > 0) {
                  findings.add(
                      off.compareTo(WRONG) > 0 ? Status.FAIL : Status.WARN,
                      "%s is %.1f s %s this machine"
                          .formatted(
                              clock.of(),
                              clock.ahead().abs().toMillis() / 1000.0,
                              clock.ahead().isNegative() ? "behind" : "ahead of"),
                      "at most %d s; retention, idle sources and latencies depend on it"
                          .formatted(SUSPECT.toSeconds()),
                      "Synchronize the clocks, and look at the result of: ",
                      "chronyc tracking");
                }
              }
              return findings.orOk(
                  "agree within %d s: %s"
                      .formatted(
                          SUSPECT.toSeconds(),
                          String.join(", ", clocks.stream().map(ClockReading::of).toList())));
            });
  }

  private static List<Finding> disks(Facts facts) {
    return facts
        .disks()
        .check(
            "disks",
            disks -> {
              Findings findings = new Findings("disks");
              double least = 1;
              for (Disk disk : disks) {
                if (!disk.error().isEmpty()) {
                  findings.fail(
                      "%s: %s".formatted(disk.of(), disk.error()),
                      "a directory without errors",
                      "Mend or replace the disk, and restart the broker.");
                  continue;
                }
                double free = (double) disk.usableBytes() / disk.totalBytes();
                least = Math.min(least, free);
                if (free < LITTLE_SPACE) {
                  findings.add(
                      free < NO_SPACE ? Status.FAIL : Status.WARN,
                      "%s: %.0f%% of %.0f GB are free"
                          .formatted(disk.of(), 100 * free, disk.totalBytes() / 1e9),
                      "%.0f%% or more; clean topics are kept until somebody sets their retention"
                          .formatted(100 * LITTLE_SPACE),
                      "Enlarge the disk, or set a retention that you can afford, for instance: ",
                      Difference.configCommand(
                          facts.expected().bootstrapServers(),
                          "topics",
                          Topics.predictions(facts.expected().pipeline()),
                          "retention.ms",
                          String.valueOf(Duration.ofDays(90).toMillis())));
                }
              }
              return findings.orOk(
                  "%.0f%% or more are free of %d file systems"
                      .formatted(100 * least, disks.size()));
            });
  }

  private static List<Finding> model(Facts facts) {
    return facts
        .model()
        .check(
            "model",
            model -> {
              Findings findings = new Findings("model");
              if (!model.problem().isEmpty()) {
                findings.fail(
                    model.problem(),
                    "model.onnx in the directory of model.path",
                    "Copy the model to it, or correct model.path.");
              } else if (!model.reference().isEmpty()) {
                findings.warn(
                    model.reference(),
                    "a profile of this model: no drift is detected without it",
                    "millrace profile writes it from rows that were not used for training.");
              }
              return findings.orOk(
                  model.version().isEmpty()
                      ? "none yet: the pipeline collects"
                      : "version %s, its profile fits".formatted(model.version()));
            });
  }
}
