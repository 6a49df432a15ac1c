package dev.millrace.features;

import dev.millrace.features.aggregate.Plan;
import dev.millrace.features.aggregate.Timeline;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What is kept of one entity: its timeline, and the time of its newest event, counted or not. */
final class Entity {
  private static final int HEADER_BYTES = 2 * Long.BYTES;

  final Timeline timeline;
  private long newest;

  private Entity(Timeline timeline, long newest) {
    this.timeline = timeline;
    this.newest = newest;
  }

  static Entity fresh(Plan plan) {
    return new Entity(new Timeline(plan), Long.MIN_VALUE);
  }

  /** Epoch millis; Long.MIN_VALUE if there was no event. */
  long newest() {
    return newest;
  }

  @Nullable Object[] add(ViewEvent event, long watermark) {
    newest = Math.max(newest, event.time());
    return timeline.add(event.time(), event.values(), watermark);
  }

  /**
   * As bytes that only the same definition reads again.
   *
   * @param fingerprint of the view's definition
   */
  byte[] toBytes(long fingerprint, long watermark) {
    byte[] cells = timeline.toBytes(watermark);
    ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + (cells == null ? 0 : cells.length));
    bytes.putLong(fingerprint).putLong(newest);
    return (cells == null ? bytes : bytes.put(cells)).array();
  }

  /**
   * Reads what {@link #toBytes} wrote.
   *
   * @throws IllegalStateException if another definition wrote it
   */
  static Entity read(Plan plan, long fingerprint, String view, byte[] state) {
    ByteBuffer bytes = ByteBuffer.wrap(state);
    long written = bytes.getLong();
    if (written != fingerprint) {
      throw new IllegalStateException(
          "The state of feature view %s was written under definition %016x, the pipeline file now says %016x: its values would be wrong. Start the job with the pipeline file that wrote the state, or without the state, so that the view is computed anew from the beginning of its source."
              .formatted(view, written, fingerprint));
    }
    long newest = bytes.getLong();
    if (!bytes.hasRemaining()) {
      return new Entity(new Timeline(plan), newest);
    }
    byte[] cells = new byte[bytes.remaining()];
    bytes.get(cells);
    return new Entity(Timeline.read(plan, cells), newest);
  }
}
