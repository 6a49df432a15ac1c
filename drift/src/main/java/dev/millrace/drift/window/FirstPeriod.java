package dev.millrace.drift.window;

import dev.millrace.drift.profile.Block;
import dev.millrace.drift.profile.CutFeature;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.UncutCounts;
import dev.millrace.drift.profile.UncutFeature;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the reference of a model version of its first windows. Each of them is kept, encoded, as
 * the block of the reference that it is; the bins are cut from their sum. The same windows make the
 * same reference after any restart. Not thread-safe.
 */
public final class FirstPeriod {
  private final ModelReference model;
  private final List<UncutFeature> features;
  private final long periodMillis;
  private final long minSamples;
  private final List<WindowPartial> windows;
  private long samples;

  /**
   * A reference that was made of live windows.
   *
   * @param model the reference; its digest follows from pipeline, version, first window and counts
   * @param features the bins of each feature
   */
  public record Cut(ModelReference model, List<CutFeature> features) {
    /** The counts of a later window over the bins of this reference. */
    public WindowCounts of(WindowCounts inCells) {
      return inCells.over(features);
    }
  }

  /**
   * @param model the uncut reference that windows are counted against
   * @param period from the start of the first window; windows that begin in it are the reference
   * @param minSamples with fewer predictions than this the period is extended
   * @param kept windows of an earlier run, in the order of time
   */
  public FirstPeriod(
      ModelReference model, Duration period, long minSamples, List<WindowPartial> kept) {
    this.model = model;
    this.features = model.uncut();
    this.periodMillis = period.toMillis();
    this.minSamples = minSamples;
    this.windows = new ArrayList<>(kept);
    this.samples = kept.stream().mapToLong(WindowPartial::samples).sum();
  }

  /** Whether a window begins after the period, and the reference has enough predictions. */
  public boolean isOver(long startMillis) {
    return !windows.isEmpty()
        && startMillis >= windows.get(0).startMillis() + periodMillis
        && samples >= minSamples;
  }

  /**
   * Adds a window; windows come in the order of time.
   *
   * @return its encoded form, to be kept
   */
  public WindowPartial add(long startMillis, WindowCounts counts) {
    WindowPartial window = counts.toPartial(model.id(), startMillis);
    windows.add(window);
    samples += window.samples();
    return window;
  }

  /** Cuts the bins; there must be windows. */
  public Cut cut() {
    WindowCounts sum = new WindowCounts(features);
    List<WindowCounts> each = new ArrayList<>();
    for (WindowPartial window : windows) {
      each.add(new WindowCounts(features).add(window));
      sum.add(window);
    }
    List<CutFeature> cut = new ArrayList<>();
    List<List<Block>> blocks = new ArrayList<>();
    for (int i = 0; i < features.size(); i++) {
      CutFeature one = CutFeature.of(features.get(i).feature(), sum.uncut(i));
      cut.add(one);
      List<Block> ofFeature = new ArrayList<>();
      for (int j = 0; j < windows.size(); j++) {
        Profile counts = one.over(each.get(j).uncut(i));
        ofFeature.add(new Block(windows.get(j).startMillis(), counts, null));
      }
      blocks.add(ofFeature);
    }
    List<Reference> references = cut.stream().map(CutFeature::reference).toList();
    List<UncutCounts> counts = new ArrayList<>();
    for (int i = 0; i < features.size(); i++) {
      counts.add(sum.uncut(i));
    }
    long firstMillis = windows.get(0).startMillis();
    return new Cut(
        model.cut(firstMillis, counts, () -> references, length -> blocks), List.copyOf(cut));
  }
}
