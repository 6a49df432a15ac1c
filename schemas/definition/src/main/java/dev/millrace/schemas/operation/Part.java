package dev.millrace.schemas.operation;

/**
 * A part of a {@link Partial}: what one or several operations keep of some values. Mutable, for one
 * thread.
 *
 * <p>Merging is associative and commutative to the last bit. A part takes only parts of its own
 * {@link PartSpec}.
 */
public abstract class Part {
  /**
   * Adds a value.
   *
   * @param order decides which of several values of the same time is the last
   */
  abstract void update(Object value, long timeMillis, long order);

  abstract void merge(Part other);

  /**
   * Removes the values of a part that was merged before.
   *
   * @return whether the part is valid; otherwise it must be cleared and merged again
   */
  abstract boolean unmerge(Part other);

  /** Removes all values. */
  abstract void clear();

  /** Its memory on a 64-bit JVM, estimated. */
  abstract int heapBytes();

  /**
   * @param tileMillis a time close to those of the values, and not before them
   */
  abstract void write(StateWriter out, long tileMillis);

  /** Reads into an empty part what {@link #write} wrote. */
  abstract void read(StateReader in, long tileMillis);
}
