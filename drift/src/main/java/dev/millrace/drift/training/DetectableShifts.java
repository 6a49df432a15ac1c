package dev.millrace.drift.training;

import dev.millrace.drift.detect.Baseline;
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
    lines.add(
        text("one window of %s is too little to find smaller shifts. It would be", worst.name()));
    List<String> longer = new ArrayList<>();
    for (int times = 2; times <= 8; times *= 2) {
      Duration window = drift.window().multipliedBy(times);
      SmallestShift shift = worst.shift().ofLongerWindows(times);
      longer.add(
          text(
              "%s with windows of %s",
              deviations(deviations(shift, drift.falseAlarms(), times)), Durations.format(window)));
    }
    lines.add(
        text(
            "  %s; each with %d blocks of that length",
            String.join(", ", longer), worst.shift().blocks()));
    SmallestShift more = worst.shift().ofMoreBlocks(2);
    lines.add(
        text(
            "  %s with %d blocks that differ as much",
            deviations(deviations(more, drift.falseAlarms(), 1)), more.blocks()));
    Budget looser = new Budget(drift.falseAlarms().alarms() * LOOSER, drift.falseAlarms().per());
    lines.add(
        text(
            "  %s with false_alarms: %s",
            deviations(deviations(worst.shift(), looser, 1)), looser));
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
    return Double.isInfinite(shift) ? "none, however large," : text("%.2f sd", shift);
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
