package dev.millrace.inference.repartition;

import dev.millrace.inference.policy.WaitStart;
import dev.millrace.schemas.inputs.EntityFeatures;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rows of an event that are known: those of its own partition, and the answers so far. */
final class AskedEvent {
  /**
   * A row that is known.
   *
   * @param wire as it was read; null: there is none
   * @param features null if there is no row
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record KnownRow(byte @Nullable [] wire, @Nullable EntityFeatures features) {
    static final KnownRow NONE = new KnownRow(null, null);
  }

  private final WaitStart times;
  private final @Nullable KnownRow[] rows;
  private boolean sent;

  /**
   * @param times since when it waits for answers
   * @param rows by the index of the lookup; null: not known
   */
  AskedEvent(WaitStart times, @Nullable KnownRow[] rows) {
    this.times = times;
    this.rows = rows;
  }

  WaitStart times() {
    return times;
  }

  @Nullable KnownRow row(int lookup) {
    return rows[lookup];
  }

  int lookups() {
    return rows.length;
  }

  void answered(int lookup, KnownRow row) {
    rows[lookup] = row;
  }

  boolean isAnswered() {
    return Arrays.stream(rows).allMatch(Objects::nonNull);
  }

  /** Whether this process has sent the questions; an earlier one may have done so. */
  boolean isSent() {
    return sent;
  }

  void sent() {
    sent = true;
  }

  /** By the index of the lookup; null: not found, or not known. */
  @Nullable EntityFeatures[] features() {
    @Nullable EntityFeatures[] features = new @Nullable EntityFeatures[rows.length];
    for (int i = 0; i < rows.length; i++) {
      KnownRow row = rows[i];
      features[i] = row == null ? null : row.features();
    }
    return features;
  }
}
