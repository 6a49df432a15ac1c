package dev.millrace.drift.window;

import dev.millrace.drift.profile.CountedFeature;
import dev.millrace.drift.profile.CutFeature;
import dev.millrace.drift.profile.DeliveryCounts;
import dev.millrace.drift.profile.FeatureCounts;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.ReferenceId;
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
  private final TreeMap<Integer, long[]> offsets = new TreeMap<>();
  private long samples;

  /**
   * @param features the features to count
   */
  public WindowCounts(List<? extends CountedFeature> features) {
    this(features, features.stream().map(CountedFeature::newCounts).toList());
  }

  private WindowCounts(
      List<? extends CountedFeature> features, List<? extends FeatureCounts> counted) {
    this.features = List.copyOf(features);
    this.counted = List.copyOf(counted);
    this.delivery = new DeliveryCounts(features.size());
  }

  /**
   * Counts a prediction.
   *
   * @param values one for each feature
   * @param partition of the predicted event in the clean topic
   * @param offset of the predicted event in that partition
   */
  public void add(@Nullable Object[] values, int partition, long offset) {
    for (int i = 0; i < values.length; i++) {
      counted.get(i).addObject(values[i]);
    }
    samples++;
    cover(partition, offset, offset + 1);
  }

  /** Decodes a partial and adds it. */
  public WindowCounts add(WindowPartial partial) {
    for (int i = 0; i < partial.profiles().size(); i++) {
      counted.get(i).merge(features.get(i).decode(partial.profiles().get(i)));
    }
    if (!partial.delivery().isEmpty()) {
      delivery.merge(partial.delivery());
    }
    samples += partial.samples();
    partial.ranges().forEach(range -> cover(range.partition(), range.from(), range.to()));
    return this;
  }

  /** Encodes the counts. */
  public WindowPartial toPartial(ReferenceId reference, long startMillis) {
    List<byte[]> bytes = counted.stream().map(FeatureCounts::toBytes).toList();
    return new WindowPartial(
        reference, startMillis, samples, 0, ranges(), delivery.toList(), bytes);
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
    WindowCounts same = new WindowCounts(references, profiles);
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
