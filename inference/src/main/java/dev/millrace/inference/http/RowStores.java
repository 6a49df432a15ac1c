package dev.millrace.inference.http;

import dev.millrace.inference.rows.ViewStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The stores of this instance, and which instance has the rows of an entity. */
interface RowStores {
  /** The partition of replicated rows, which every instance has. */
  int EVERY_PARTITION = -1;

  /**
   * Where the rows of an entity are.
   *
   * @param active the instance that writes them
   * @param standbys those that copy them
   */
  record Location(int partition, Host active, List<Host> standbys) {}

  /** Rows cannot be read now: the instance starts, or the store moves or is being restored. */
  final class Unavailable extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    Unavailable(String reason) {
      super(reason);
      this.reason = reason;
    }

    String reason() {
      return reason;
    }
  }

  Location locate(ViewStore view, byte[] entity) throws Unavailable;

  /**
   * The value of the store that this instance writes; null: no row.
   *
   * @throws Unavailable if this instance does not write the partition, or not yet
   */
  byte @Nullable [] newest(ViewStore view, int partition, byte[] entity) throws Unavailable;

  /**
   * The value of a copy that this instance has, which may be behind; null: no row.
   *
   * @throws Unavailable if it has none
   */
  byte @Nullable [] copy(ViewStore view, int partition, byte[] entity) throws Unavailable;
}
