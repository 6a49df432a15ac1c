package dev.millrace.features.view;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events that a view reads on its own, because it came to a job that had read its source up to
 * some position already: those before a boundary in each partition. From the boundary on it gets
 * the events that the job reads for all views.
 *
 * @param cleanUntil by partition of the clean topic, the offset before which the backfill reads
 * @param lateUntil the same for the late topic; null if the view does not read it
 */
public record Backfill(List<Long> cleanUntil, @Nullable List<Long> lateUntil)
    implements Serializable {
  public Backfill {
    cleanUntil = List.copyOf(cleanUntil);
    lateUntil = lateUntil == null ? null : List.copyOf(lateUntil);
  }

  /**
   * Whether the backfill reads a record.
   *
   * @param late whether the record is in the late topic
   */
  public boolean reads(int partition, long offset, boolean late) {
    List<Long> until = late ? lateUntil : cleanUntil;
    return until != null && partition < until.size() && offset < until.get(partition);
  }
}
