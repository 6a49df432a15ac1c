package dev.millrace.drift;

import dev.millrace.drift.profile.Block;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.Slice;
import dev.millrace.drift.profile.SliceReference;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Training rows in memory, counted by slice in the simplest way: row by row, value by value. */
public final class SlicedRows {
  private final List<Slice> slices;
  private final List<Reference> references;
  private final List<TreeMap<Long, List<Profile>>> blocks = new ArrayList<>();

  /**
   * @param references of all rows, whose bins are used
   */
  public SlicedRows(List<Slice> slices, List<Reference> references) {
    this.slices = slices;
    this.references = references;
    slices.forEach(slice -> blocks.add(new TreeMap<>()));
  }

  /** A row, with a value for each reference. */
  public void add(long startMillis, @Nullable Object... values) {
    for (int slice = 0; slice < slices.size(); slice++) {
      if (isIn(slices.get(slice), values)) {
        List<Profile> counts =
            blocks
                .get(slice)
                .computeIfAbsent(
                    startMillis, block -> references.stream().map(Reference::newProfile).toList());
        for (int i = 0; i < values.length; i++) {
          counts.get(i).addObject(values[i]);
        }
      }
    }
  }

  private boolean isIn(Slice slice, @Nullable Object... values) {
    for (int i = 0; i < values.length; i++) {
      if (references.get(i).feature().equals(slice.input())) {
        String value = String.valueOf(values[i]);
        return slice.isOthers()
            ? values[i] == null || slices.stream().noneMatch(each -> isOf(each, value))
            : values[i] != null && isOf(slice, value);
      }
    }
    return false;
  }

  private static boolean isOf(Slice slice, String value) {
    return value.equals(slice.value());
  }

  /** The references of the slices, with their blocks. */
  public List<SliceReference> references() {
    List<SliceReference> all = new ArrayList<>();
    for (int slice = 0; slice < slices.size(); slice++) {
      List<Reference> ofSlice = new ArrayList<>();
      List<List<Block>> byFeature = new ArrayList<>();
      for (int i = 0; i < references.size(); i++) {
        Profile sum = references.get(i).newProfile();
        List<Block> ofFeature = new ArrayList<>();
        for (var block : blocks.get(slice).entrySet()) {
          sum.merge(block.getValue().get(i));
          Profile counts = block.getValue().get(i).countsOnly();
          ofFeature.add(new Block(block.getKey(), counts, null));
        }
        ofSlice.add(references.get(i).withCounts(sum));
        byFeature.add(ofFeature);
      }
      all.add(new SliceReference(slices.get(slice), ofSlice, byFeature));
    }
    return all;
  }
}
