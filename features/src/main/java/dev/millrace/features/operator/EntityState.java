package dev.millrace.features.operator;

import dev.millrace.features.aggregate.Plan;
import dev.millrace.features.aggregate.Timeline;
import dev.millrace.features.source.ViewEvent;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The state of one entity: its timeline, and the time of its newest event. */
final class EntityState {
  private static final int HEADER_BYTES = 2 * Long.BYTES;

  private final Timeline timeline;
  private long newestMillis;

  private EntityState(Timeline timeline, long newestMillis) {
    this.timeline = timeline;
    this.newestMillis = newestMillis;
  }

  /** The state of an entity without events. */
  static EntityState empty(Plan plan) {
    return new EntityState(new Timeline(plan), Long.MIN_VALUE);
  }

  /** Event time of the newest event, epoch millis; Long.MIN_VALUE if there was none. */
  long newestMillis() {
    return newestMillis;
  }

  /** Adds an event and returns the features as of it, in the order of the view's definition. */
  @Nullable Object[] add(ViewEvent event, long watermarkMillis) {
    newestMillis = Math.max(newestMillis, event.timeMillis());
    timeline.add(event.timeMillis(), event.offset(), event.values(), watermarkMillis);
    return timeline.features(event.timeMillis());
  }

  /** Its memory on a 64-bit JVM, estimated. */
  long heapBytes() {
    return timeline.heapBytes();
  }

  /**
   * The state as bytes that are read back only under the same definition.
   *
   * @param fingerprint of the view's definition
   */
  byte[] toBytes(long fingerprint, long watermarkMillis) {
    byte[] tiles = timeline.toBytes(watermarkMillis);
    return ByteBuffer.allocate(HEADER_BYTES + tiles.length)
        .putLong(fingerprint)
        .putLong(newestMillis)
        .put(tiles)
        .array();
  }

  /**
   * Reads what {@link #toBytes} wrote.
   *
   * @param view its name, for the message
   * @throws IllegalStateException if it was written under another definition
   */
  static EntityState read(Plan plan, long fingerprint, String view, byte[] state) {
    ByteBuffer bytes = ByteBuffer.wrap(state);
    long written = bytes.getLong();
    if (written != fingerprint) {
      throw new IllegalStateException(
          "The state of feature view %s was written under definition %016x, but the definition in the pipeline file is %016x: features computed from that state would be wrong. Start the job with the pipeline file that wrote the state, or without the state, so that the view is computed again from the beginning of its source."
              .formatted(view, written, fingerprint));
    }
    long newestMillis = bytes.getLong();
    byte[] tiles = new byte[bytes.remaining()];
    bytes.get(tiles);
    return new EntityState(Timeline.read(plan, tiles), newestMillis);
  }
}
