package dev.millrace.drift.training;

import dev.millrace.drift.detect.Baseline;
import dev.millrace.drift.detect.BlockBaseline;
import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.SeasonalReference;
import dev.millrace.drift.detect.SmallestShift;
import dev.millrace.drift.policy.AlarmBudget;
import dev.millrace.drift.profile.Block;
import dev.millrace.drift.profile.NumberBins;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.training.TrainingProfile.Blocks;
import dev.millrace.schemas.pipeline.Budget;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Describes which shifts of numeric features are found in one window, by a profile's blocks. */
final class DetectableShifts {
  /** From this shift on, in standard deviations, the text names ways to find smaller ones. */
  private static final double LARGE = 1;

  private static final int LOOSER = 10;

  private final TrainingProfile profile;
  private final Blocks blocks;
  private final Drift drift;

  private DetectableShifts(TrainingProfile profile, Blocks blocks, Drift drift) {
    this.profile = profile;
    this.blocks = blocks;
    this.drift = drift;
  }

  private record Feature(String name, SmallestShift shift, double deviations) {}

  /** The lines of text, by the levels of the pipeline. */
  static List<String> of(TrainingProfile profile, Blocks blocks, Drift drift) {
    return new DetectableShifts(profile, blocks, drift).lines();
  }

  private List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        text(
            "false_alarms: %s at windows of %s: a feature's test of drift in one window has the"
                + " level %.1e",
            drift.falseAlarms(),
            Durations.format(drift.window()),
            budget(drift.falseAlarms(), 1).perTest(Cause.DATA, 1)));
    List<Feature> calibrated = new ArrayList<>();
    List<String> others = new ArrayList<>();
    profile
        .references()
        .forEach(
            (name, reference) -> {
              if (reference.bins() instanceof NumberBins) {
                SmallestShift shift = shift(reference.inSinglePrecision());
                if (shift.calibrated()) {
                  double deviations = deviations(shift, drift.falseAlarms(), 1);
                  calibrated.add(new Feature(name, shift, deviations));
                } else {
                  others.add(text("%s (%d)", name, shift.blocks()));
                }
              }
            });
    if (!others.isEmpty()) {
      lines.add(
          text(
              "fewer than %d blocks of enough rows: %s; the first live windows calibrate their"
                  + " tests, and until then nothing is found in them",
              Baseline.FEWEST, String.join(", ", others)));
    }
    if (!calibrated.isEmpty()) {
      calibrated.sort(Comparator.comparingDouble(Feature::deviations));
      addShifts(lines, calibrated);
    }
    return lines;
  }

  private void addShifts(List<String> lines, List<Feature> ascending) {
    Feature worst = ascending.get(ascending.size() - 1);
    lines.add(
        text(
            "smallest shift that is found in half of the windows: %s in %s (%d blocks of about"
                + " %,.0f rows, dispersion %.1f)%s",
            deviations(worst.deviations()),
            worst.name(),
            worst.shift().blocks(),
            worst.shift().rows(),
            worst.shift().dispersion(),
            ascending.size() == 1
                ? ""
                : text(
                    ", the largest of %d numeric features; their median is %s",
                    ascending.size(),
                    deviations(ascending.get((ascending.size() - 1) / 2).deviations()))));
    if (worst.deviations() > LARGE) {
      addRemedies(lines, worst);
    }
  }

  private void addRemedies(List<String> lines, Feature worst) {
    List<String> remedies = new ArrayList<>();
    List<String> longer = new ArrayList<>();
    for (int times = 2; times <= 8; times *= 2) {
      String window = Durations.format(drift.window().multipliedBy(times));
      SmallestShift shift = worst.shift().ofLongerWindows(times);
      add(longer, deviations(shift, drift.falseAlarms(), times), "windows of " + window);
    }
    if (!longer.isEmpty()) {
      remedies.add(
          text(
              "%s; each with %d blocks of that length",
              String.join(", ", longer), worst.shift().blocks()));
    }
    int blocks = worst.shift().blocks();
    if (2 * blocks <= BlockBaseline.MOST_COMPARED) {
      SmallestShift more = worst.shift().ofMoreBlocks(2);
      String differing = more.blocks() + " blocks that differ as much";
      add(remedies, deviations(more, drift.falseAlarms(), 1), differing);
    }
    Budget looser = new Budget(drift.falseAlarms().alarms() * LOOSER, drift.falseAlarms().per());
    add(remedies, deviations(worst.shift(), looser, 1), "false_alarms: " + looser);
    String little = "one window of %s is too little to find smaller shifts".formatted(worst.name());
    if (remedies.isEmpty()) {
      lines.add(little + hours());
      return;
    }
    lines.add(little + ". It would be");
    remedies.forEach(each -> lines.add("  " + each));
  }

  private static void add(List<String> remedies, double deviations, String remedy) {
    if (Double.isFinite(deviations)) {
      remedies.add(text("%.2f sd with %s", deviations, remedy));
    }
  }

  /** What may help where windows differ too much: those within a day differ by the hour. */
  private String hours() {
    boolean within = drift.window().compareTo(Duration.ofDays(1)) < 0;
    return within && drift.reference() != dev.millrace.schemas.pipeline.Reference.HOUR_OF_WEEK
        ? ", since its windows differ; if they do by the hour, use 'reference: hour-of-week'"
        : ", since its windows differ as much as a change would";
  }

  private double deviations(SmallestShift shift, Budget budget, int times) {
    return shift.deviations(budget(budget, times).perTest(Cause.DATA, shift.tests()));
  }

  private AlarmBudget budget(Budget budget, int times) {
    return AlarmBudget.of(
            budget.alarms(),
            budget.per(),
            drift.window().multipliedBy(times),
            Math.max(1, profile.references().size()))
        .ofAll(slices());
  }

  /** As many as are compared. */
  private int slices() {
    return (int)
        profile.slices().stream()
            .filter(each -> drift.slices().contains(each.slice().input()))
            .filter(each -> each.rows() >= drift.minSamples())
            .count();
  }

  private SmallestShift shift(Reference reference) {
    List<Block> ofFeature = ReferenceLoader.blocks(profile, reference.feature());
    SeasonalReference seasonal =
        drift.reference() == dev.millrace.schemas.pipeline.Reference.HOUR_OF_WEEK
            ? SeasonalReference.of(reference, ofFeature, blocks.length(), drift.minSamples())
            : SeasonalReference.constant(reference);
    return SmallestShift.of(seasonal, ofFeature, drift.minSamples(), drift.minEffect());
  }

  private static String deviations(double shift) {
    return Double.isInfinite(shift) ? "none (however large)" : text("%.2f sd", shift);
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
