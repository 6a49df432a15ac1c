package dev.millrace.drift.window;

import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.ReferenceId;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts the predictions of one window against one reference. Not thread-safe. */
public final class WindowCounts {
  private final List<Profile> profiles = new ArrayList<>();
  private final TreeMap<Integer, long[]> offsets = new TreeMap<>();
  private long samples;

  /**
   * @param references the features to count, and their bins
   */
  public WindowCounts(List<Reference> references) {
    references.forEach(reference -> profiles.add(reference.newProfile()));
  }

  /**
   * Counts a prediction.
   *
   * @param values one for each reference
   * @param partition of the predicted event in the clean topic
   * @param offset of the predicted event in that partition
   */
  public void add(@Nullable Object[] values, int partition, long offset) {
    for (int i = 0; i < values.length; i++) {
      profiles.get(i).addObject(values[i]);
    }
    samples++;
    cover(partition, offset, offset + 1);
  }

  /** Decodes a partial and adds it. */
  public WindowCounts add(WindowPartial partial) {
    for (int i = 0; i < partial.profiles().size(); i++) {
      Profile mine = profiles.get(i);
      mine.merge(Profile.fromBytes(mine.bins(), partial.profiles().get(i)));
    }
    samples += partial.samples();
    partial.ranges().forEach(range -> cover(range.partition(), range.from(), range.to()));
    return this;
  }

  /** Encodes the counts. */
  public WindowPartial toPartial(ReferenceId reference, long startMillis) {
    List<byte[]> bytes = profiles.stream().map(Profile::toBytes).toList();
    return new WindowPartial(reference, startMillis, samples, 0, ranges(), bytes);
  }

  /** The number of predictions. */
  public long samples() {
    return samples;
  }

  /** Offsets of the predicted events, one range for each partition. */
  public List<PartitionRange> ranges() {
    List<PartitionRange> ranges = new ArrayList<>();
    offsets.forEach(
        (partition, range) -> ranges.add(new PartitionRange(partition, range[0], range[1])));
    return List.copyOf(ranges);
  }

  /** The counts of one feature, by its position in the reference. */
  public Profile profile(int feature) {
    return profiles.get(feature);
  }

  private void cover(int partition, long from, long to) {
    long[] range = offsets.computeIfAbsent(partition, p -> new long[] {from, to});
    range[0] = Math.min(range[0], from);
    range[1] = Math.max(range[1], to);
  }
}
