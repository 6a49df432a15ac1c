package dev.millrace.features.operator;

import dev.millrace.features.aggregate.Plan;
import dev.millrace.features.aggregate.Timeline;
import dev.millrace.features.source.Question.Part;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The state of one entity: its timeline, its newest event, and its last row in the feed. */
final class EntityState {
  private static final int HEADER_BYTES = 5 * Long.BYTES + 1;

  private final Timeline timeline;
  private long newestMillis;
  private final FeedPosition feed;

  private EntityState(Timeline timeline, long newestMillis, FeedPosition feed) {
    this.timeline = timeline;
    this.newestMillis = newestMillis;
    this.feed = feed;
  }

  /** The state of an entity without events. */
  static EntityState empty(Plan plan) {
    return new EntityState(new Timeline(plan), Long.MIN_VALUE, new FeedPosition());
  }

  /** Event time of the newest event, epoch millis; Long.MIN_VALUE if there was none. */
  long newestMillis() {
    return newestMillis;
  }

  /** The same as of a time. */
  long newestMillis(long asOfMillis) {
    long newest = timeline.newestMillis(asOfMillis);
    // As of a closed time only the newest event that was dropped may be known.
    return newest <= asOfMillis ? newest : Long.MIN_VALUE;
  }

  FeedPosition feed() {
    return feed;
  }

  /**
   * Adds an event.
   *
   * @param closedMillis as in {@link Timeline#add}
   */
  void add(long timeMillis, long order, @Nullable Object[] values, long closedMillis) {
    newestMillis = Math.max(newestMillis, timeMillis);
    timeline.add(timeMillis, order, values, closedMillis);
  }

  /**
   * The answer to a question as of a time.
   *
   * @param keepMillis age from which on the newest event does not count
   * @return null if there is no event as of the time, or only older ones
   */
  @Nullable Part answer(long asOfMillis, long keepMillis) {
    long newest = newestMillis(asOfMillis);
    if (newest == Long.MIN_VALUE || end(newest, keepMillis) <= asOfMillis) {
      return null;
    }
    return new Part(newest, timeline.features(asOfMillis));
  }

  /** The features as of a time. */
  @Nullable Object[] features(long asOfMillis) {
    return timeline.features(asOfMillis);
  }

  /**
   * The time of the next change without a new event: of a feature, or the end of the entity.
   *
   * @param keepMillis as in {@link #answer}
   */
  long nextChangeMillis(long asOfMillis, long keepMillis) {
    return Math.min(timeline.nextChangeMillis(asOfMillis), endMillis(keepMillis));
  }

  /** The time at which nothing is left of the entity if no event comes. */
  long endMillis(long keepMillis) {
    return end(newestMillis, keepMillis);
  }

  private static long end(long newestMillis, long keepMillis) {
    return newestMillis > Long.MAX_VALUE - keepMillis ? Long.MAX_VALUE : newestMillis + keepMillis;
  }

  /** Its memory on a 64-bit JVM, estimated. */
  long heapBytes() {
    return timeline.heapBytes() + 56;
  }

  /**
   * The state as bytes that are read back only under the same definition.
   *
   * @param fingerprint of the view's definition
   * @param closedMillis as in {@link Timeline#toBytes}
   */
  byte[] toBytes(long fingerprint, long closedMillis) {
    byte[] tiles = timeline.toBytes(closedMillis);
    ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + tiles.length);
    bytes.putLong(fingerprint).putLong(newestMillis);
    feed.write(bytes);
    return bytes.put(tiles).array();
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
    FeedPosition feed = FeedPosition.read(bytes);
    byte[] tiles = new byte[bytes.remaining()];
    bytes.get(tiles);
    return new EntityState(Timeline.read(plan, tiles), newestMillis, feed);
  }
}
