package dev.millrace.drift.window;

import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts the predictions of one window against one reference. Not thread-safe. */
final class WindowCounts {
  private final List<Profile> profiles = new ArrayList<>();
  private final TreeMap<Integer, long[]> offsets = new TreeMap<>();
  private long samples;

  /**
   * @param references what is counted, and in which bins
   */
  WindowCounts(List<Reference> references) {
    references.forEach(reference -> profiles.add(reference.newProfile()));
  }

  /**
   * Counts a prediction.
   *
   * @param values one a reference
   * @param partition of the predicted event in the clean topic
   * @param offset likewise
   */
  void add(@Nullable Object[] values, int partition, long offset) {
    for (int i = 0; i < values.length; i++) {
      profiles.get(i).addObject(values[i]);
    }
    samples++;
    cover(partition, offset, offset + 1);
  }

  /** Adds what was counted elsewhere. */
  WindowCounts add(WindowPartial partial) {
    for (int i = 0; i < partial.profiles().size(); i++) {
      Profile mine = profiles.get(i);
      mine.merge(Profile.fromBytes(mine.bins(), partial.profiles().get(i)));
    }
    samples += partial.samples();
    partial.spans().forEach(span -> cover(span.partition(), span.from(), span.to()));
    return this;
  }

  WindowPartial toPartial(ReferenceId reference, long startMillis) {
    List<byte[]> bytes = profiles.stream().map(Profile::toBytes).toList();
    return new WindowPartial(reference, startMillis, samples, 0, spans(), bytes);
  }

  long samples() {
    return samples;
  }

  /** Where the predicted events stand, one range a partition. */
  List<PartitionRange> spans() {
    List<PartitionRange> spans = new ArrayList<>();
    offsets.forEach((partition, range) -> spans.add(new PartitionRange(partition, range[0], range[1])));
    return List.copyOf(spans);
  }

  Profile profile(int reference) {
    return profiles.get(reference);
  }

  private void cover(int partition, long from, long to) {
    long[] range = offsets.computeIfAbsent(partition, p -> new long[] {from, to});
    range[0] = Math.min(range[0], from);
    range[1] = Math.max(range[1], to);
  }
}
