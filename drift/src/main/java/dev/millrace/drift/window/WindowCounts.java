package dev.millrace.drift.window;

import dev.millrace.drift.profile.CountedFeature;
import dev.millrace.drift.profile.CutFeature;
import dev.millrace.drift.profile.DeliveryCounts;
import dev.millrace.drift.profile.FeatureCounts;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.ReferenceId;
import dev.millrace.drift.profile.SliceCounts;
import dev.millrace.drift.profile.Slicer;
import dev.millrace.drift.profile.UncutCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts the predictions of one window against one reference. Not thread-safe. */
public final class WindowCounts {
  private final List<CountedFeature> features;
  private final List<FeatureCounts> counted;
  private final DeliveryCounts delivery;
  private final Slicer slicer;
  private final @Nullable SliceCounts[] slices;
  private final int[] cells;
  private final TreeMap<Integer, long[]> offsets = new TreeMap<>();
  private long samples;

  /**
   * Counts without slices.
   *
   * @param features the features to count
   */
  public WindowCounts(List<? extends CountedFeature> features) {
    this(features, Slicer.EMPTY);
  }

  /**
   * @param features the features to count
   * @param slicer of the same features
   */
  public WindowCounts(List<? extends CountedFeature> features, Slicer slicer) {
    this(features, features.stream().map(CountedFeature::newCounts).toList(), slicer);
  }

  private WindowCounts(
      List<? extends CountedFeature> features,
      List<? extends FeatureCounts> counted,
      Slicer slicer) {
    this.features = List.copyOf(features);
    this.counted = List.copyOf(counted);
    this.delivery = new DeliveryCounts(features.size());
    this.slicer = slicer;
    this.slices = new SliceCounts[slicer.size()];
    this.cells = new int[slicer.size() == 0 ? 0 : features.size()];
  }

  /**
   * Counts a prediction.
   *
   * @param values one for each feature
   * @param partition of the predicted event in the clean topic
   * @param offset of the predicted event in that partition
   */
  public void add(@Nullable Object[] values, int partition, long offset) {
    if (slicer.size() == 0) {
      for (int i = 0; i < values.length; i++) {
        counted.get(i).addObject(values[i]);
      }
    } else {
      addToSlices(values);
    }
    samples++;
    cover(partition, offset, offset + 1);
  }

  private void addToSlices(@Nullable Object[] values) {
    for (int i = 0; i < values.length; i++) {
      cells[i] = profile(i).addToCell(values[i]);
    }
    for (int input = 0; input < slicer.inputs(); input++) {
      int slice = slicer.slice(input, cells);
      if (slice != Slicer.NONE) {
        slice(slice).add(cells);
      }
    }
  }

  private SliceCounts slice(int slice) {
    SliceCounts counts = slices[slice];
    if (counts == null) {
      counts = slicer.newCounts();
      slices[slice] = counts;
    }
    return counts;
  }

  /** Decodes a partial and adds it. */
  public WindowCounts add(WindowPartial partial) {
    for (int i = 0; i < partial.profiles().size(); i++) {
      counted.get(i).merge(features.get(i).decode(partial.profiles().get(i)));
    }
    if (!partial.delivery().isEmpty()) {
      delivery.merge(partial.delivery());
    }
    for (int i = 0; i < partial.slices().size(); i++) {
      byte[] bytes = partial.slices().get(i);
      if (bytes.length > 0) {
        slice(i).merge(slicer.decode(bytes));
      }
    }
    samples += partial.samples();
    partial.ranges().forEach(range -> cover(range.partition(), range.from(), range.to()));
    return this;
  }

  /** Encodes the counts. */
  public WindowPartial toPartial(ReferenceId reference, long startMillis) {
    List<byte[]> bytes = counted.stream().map(FeatureCounts::toBytes).toList();
    List<byte[]> ofSlices = new ArrayList<>();
    for (SliceCounts counts : slices) {
      ofSlices.add(counts == null ? new byte[0] : counts.toBytes());
    }
    return new WindowPartial(
        reference, startMillis, samples, ranges(), delivery.toList(), bytes, ofSlices);
  }

  /** The number of predictions. */
  public long samples() {
    return samples;
  }

  /** How the inputs of the predictions were delivered; {@link PredictionExtractor} adds to it. */
  public DeliveryCounts delivery() {
    return delivery;
  }

  /** Offsets of the predicted events, one range for each partition. */
  public List<PartitionRange> ranges() {
    List<PartitionRange> ranges = new ArrayList<>();
    offsets.forEach(
        (partition, range) -> ranges.add(new PartitionRange(partition, range[0], range[1])));
    return List.copyOf(ranges);
  }

  /** The counts of one feature over its bins, by its position in the reference. */
  public Profile profile(int feature) {
    return (Profile) counted.get(feature);
  }

  /** The number of predictions in a slice, by its position in the reference. */
  public long samples(int slice) {
    SliceCounts counts = slices[slice];
    return counts == null ? 0 : counts.rows();
  }

  /**
   * The counts of one feature in a slice; its extremes are those of all predictions.
   *
   * @param slice by its position in the reference
   * @param feature by its position in the reference
   */
  public Profile profile(int slice, int feature) {
    Profile all = profile(feature);
    SliceCounts counts = slices[slice];
    return counts == null ? new Profile(all.bins()) : counts.profile(feature, all.min(), all.max());
  }

  /** The counts of one feature in cells. */
  UncutCounts uncut(int feature) {
    return (UncutCounts) counted.get(feature);
  }

  /** These counts, which are in cells, as counts over the bins of a reference. */
  WindowCounts over(List<CutFeature> cut) {
    List<Reference> references = cut.stream().map(CutFeature::reference).toList();
    List<Profile> profiles = new ArrayList<>();
    for (int i = 0; i < cut.size(); i++) {
      profiles.add(cut.get(i).over(uncut(i)));
    }
    WindowCounts same = new WindowCounts(references, profiles, Slicer.EMPTY);
    same.samples = samples;
    same.delivery.merge(delivery);
    same.offsets.putAll(offsets);
    return same;
  }

  private void cover(int partition, long from, long to) {
    long[] range = offsets.computeIfAbsent(partition, p -> new long[] {from, to});
    range[0] = Math.min(range[0], from);
    range[1] = Math.max(range[1], to);
  }
}
