package dev.millrace.drift.quality;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The slices with a report of their own: the values with the most predictions. */
final class ReportedSlices {
  /** Values of a field that have a report. */
  static final int MOST = 100;

  private static final Comparator<SlicePartial> LARGEST_FIRST =
      Comparator.comparingLong(SlicePartial::predictions)
          .reversed()
          .thenComparing(SlicePartial::slice);

  private ReportedSlices() {}

  /** The slices by name; values without a report are added up under the name of their field. */
  static Map<String, SlicePartial> of(Map<String, SlicePartial> slices) {
    Map<String, SlicePartial> reported = new TreeMap<>();
    Map<String, Integer> values = new HashMap<>();
    List<SlicePartial> ordered = slices.values().stream().sorted(LARGEST_FIRST).toList();
    for (SlicePartial each : ordered) {
      String field = SliceName.field(each.slice());
      boolean isValue = SliceName.value(each.slice()) != null;
      SlicePartial kept = each;
      if (field != null && isValue && values.merge(field, 1, Integer::sum) > MOST) {
        kept = each.as(field);
      }
      reported.merge(kept.slice(), kept, SlicePartial::plus);
    }
    return reported;
  }
}
