package dev.millrace.drift.quality;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The sums of all partials of one window, model version and role, with a bounded number of slices.
 * Which values of a field are kept depends on the values alone, not on their order: those whose
 * hash is below a limit, which is halved when there are too many. The others are added up under the
 * name of the field.
 */
public final class OpenSlices {
  /** Values of a field that are kept at most. */
  static final int MOST_VALUES = 1_000;

  private final Store store;

  /** The state of one window: keyed state in the job, maps in a test. */
  public interface Store {
    /** Null if the slice has no rows yet. */
    @Nullable SlicePartial slice(String name);

    /** Replaces the slice of the same name. */
    void put(SlicePartial slice);

    /** Removes a slice. */
    void remove(String name);

    /** All slices. */
    Iterable<SlicePartial> slices();

    /** Number of values that are kept of a field, and how often its limit was halved. */
    @Nullable Limit limit(String field);

    /** Sets the limit of a field. */
    void limit(String field, Limit limit);
  }

  /**
   * The limit of a field's values.
   *
   * @param values that are kept
   * @param halvings of the limit of hashes
   */
  public record Limit(int values, int halvings) {
    boolean keeps(String slice) {
      return halvings == 0 || Long.numberOfLeadingZeros(Hash.of(slice)) >= halvings;
    }
  }

  /** The state of the window. */
  public OpenSlices(Store store) {
    this.store = store;
  }

  /** Adds a partial. */
  public void add(SlicePartial partial) {
    String field = SliceName.field(partial.slice());
    if (field == null || SliceName.value(partial.slice()) == null) {
      sum(partial);
      return;
    }
    Limit known = store.limit(field);
    Limit limit = known == null ? new Limit(0, 0) : known;
    if (!limit.keeps(partial.slice())) {
      sum(partial.as(field));
    } else if (sum(partial)) {
      store.limit(field, bounded(field, new Limit(limit.values + 1, limit.halvings)));
    }
  }

  /** Returns whether the slice is new. */
  private boolean sum(SlicePartial partial) {
    SlicePartial present = store.slice(partial.slice());
    store.put(present == null ? partial : present.plus(partial));
    return present == null;
  }

  private Limit bounded(String field, Limit limit) {
    Limit bounded = limit;
    while (bounded.values > MOST_VALUES) {
      Limit halved = new Limit(bounded.values, bounded.halvings + 1);
      List<SlicePartial> dropped = new ArrayList<>();
      for (SlicePartial each : store.slices()) {
        boolean isValue =
            field.equals(SliceName.field(each.slice())) && SliceName.value(each.slice()) != null;
        if (isValue && !halved.keeps(each.slice())) {
          dropped.add(each);
        }
      }
      for (SlicePartial each : dropped) {
        store.remove(each.slice());
        sum(each.as(field));
      }
      bounded = new Limit(halved.values - dropped.size(), halved.halvings);
    }
    return bounded;
  }

  /** The slices by name. */
  public Map<String, SlicePartial> byName() {
    Map<String, SlicePartial> slices = new TreeMap<>();
    store.slices().forEach(slice -> slices.put(slice.slice(), slice));
    return slices;
  }
}
