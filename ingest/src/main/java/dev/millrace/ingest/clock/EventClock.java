package dev.millrace.ingest.clock;

import dev.millrace.schemas.pipeline.Guarantee;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The event clock of an arrival partition: the event time that the partition has reached, by which
 * lateness is judged.
 *
 * <p>It is the highest time that three different events in a row have reached: the maximum, over
 * all events so far, of the minimum over three. Therefore two wrong times in a row never move it,
 * at the start or later, a replay included; it is never ahead of the newest right time; and after a
 * gap of any length it follows two events later. It is never ahead of the wall clock either, so
 * that a producer with a fast clock does not make the events of other producers late.
 */
public final class EventClock {
  /** Where the clock's state is kept, so that a restart resumes with it. */
  public interface State {
    /** The state saved last; null if there is none. */
    byte @Nullable [] load();

    void save(byte[] state);
  }

  /** No progress is known. */
  public static final long NO_PROGRESS = Long.MIN_VALUE;

  private static final int STATE_BYTES = 4 * Long.BYTES + 2 * Integer.BYTES;

  private final State state;
  private final long latenessMillis;
  private final InstantSource wallClock;

  /**
   * With at-least-once: records up to this offset were judged by an earlier process, and may be
   * read again.
   */
  private final long judgedBefore;

  private boolean readsAgain;
  private long lastOffset = -1;
  private long clockMillis;
  private final NewestEventTime newest = new NewestEventTime();
  // The two events before, different from one another. Their ids are kept as hashes: a collision
  // delays the clock by one event.
  private int lastId;
  private long lastMillis;
  private int secondLastId;
  private long secondLastMillis;

  /**
   * Resumes from the saved state.
   *
   * @param guarantee with exactly-once no record is read again, so an offset that was read before
   *     belongs to a topic that was deleted and created again
   */
  public EventClock(State state, Duration lateness, Guarantee guarantee, InstantSource wallClock) {
    this.state = state;
    this.latenessMillis = lateness.toMillis();
    this.wallClock = wallClock;
    byte[] saved = state.load();
    ByteBuffer buffer = ByteBuffer.wrap(saved == null ? new byte[0] : saved);
    clockMillis = buffer.remaining() >= Long.BYTES ? buffer.getLong() : 0;
    // Versions before the rule of three saved only the newest event time.
    if (buffer.hasRemaining()) {
      long savedOffset = buffer.getLong();
      judgedBefore = guarantee == Guarantee.AT_LEAST_ONCE ? savedOffset : -1;
      lastId = buffer.getInt();
      lastMillis = buffer.getLong();
      secondLastId = buffer.getInt();
      secondLastMillis = buffer.getLong();
    } else {
      judgedBefore = -1;
    }
    lastOffset = judgedBefore;
    readsAgain = judgedBefore >= 0;
  }

  /**
   * Takes the time of a valid event and judges whether the event is late.
   *
   * <p>After a crash without transactions the clock may be ahead of the records that are read
   * again. Those are not judged by it: either their ids are stored with their first result, or
   * nothing was written for them yet.
   *
   * @param timeMillis event time, epoch milliseconds, positive
   * @param offset the record's in its arrival partition
   */
  public Lateness judge(String id, long timeMillis, long offset) {
    boolean late = offset > judgedBefore && isLate(timeMillis, clockMillis);
    take(id.hashCode(), timeMillis);
    newest.take(timeMillis);
    // A record that was parked is judged after later ones.
    lastOffset = Math.max(lastOffset, offset);
    state.save(toBytes());
    return new Lateness(late, clockMillis);
  }

  /**
   * The same for a record that was parked: it is late only if it was late when it arrived.
   *
   * @param clockOnArrivalMillis the event clock when the record was parked
   */
  public Lateness judgeParked(String id, long timeMillis, long offset, long clockOnArrivalMillis) {
    Lateness now = judge(id, timeMillis, offset);
    return new Lateness(isLate(timeMillis, clockOnArrivalMillis), now.clockMillis());
  }

  /**
   * Takes a producer's promise that all events before a time were published: the clock is at least
   * that time and the lateness, so that an earlier event would be late.
   *
   * @param timeMillis event time, epoch milliseconds
   * @param offset the record's in its arrival partition
   */
  public void promise(long timeMillis, long offset) {
    clockMillis = Math.max(clockMillis, Math.min(timeMillis + latenessMillis, wallClock.millis()));
    lastOffset = Math.max(lastOffset, offset);
    state.save(toBytes());
  }

  /** Takes note that a record of the arrival partition was processed, or parked. */
  public void read(long offset) {
    readsAgain &= offset < judgedBefore;
  }

  /** Takes note that all records of the arrival partition were read and committed. */
  public void readToEnd() {
    readsAgain = false;
  }

  /**
   * The progress: no event that is not late will be earlier. An event at this very time may still
   * come, since it is late only if it is behind the clock by more than the lateness.
   *
   * <p>It is not known while records are read again that an earlier process judged, since those are
   * not judged by the clock.
   *
   * @param byClockMillis the clock, or an earlier value of it by which events to come are judged
   * @return {@link #NO_PROGRESS} if it is not known
   */
  public long progressMillis(long byClockMillis) {
    return readsAgain || byClockMillis == 0 ? NO_PROGRESS : byClockMillis - latenessMillis;
  }

  private boolean isLate(long timeMillis, long byClockMillis) {
    return byClockMillis - timeMillis > latenessMillis;
  }

  /** The clock, epoch milliseconds; 0 while there is none. */
  public long millis() {
    return clockMillis;
  }

  /**
   * The clock by which a record that is parked will be judged. There is none for a record that an
   * earlier process may have judged: its first result may be stored, but not its output, so there
   * is no progress either while it is parked.
   *
   * @param offset the record's in its arrival partition
   * @return epoch milliseconds; 0 if there is none
   */
  public long millisForParked(long offset) {
    return offset > judgedBefore ? clockMillis : 0;
  }

  /** How far the clock is behind the newest of the last 1,000 to 2,000 events. */
  public long lagMillis() {
    return clockMillis == 0 ? 0 : Math.max(0, newest.millis() - clockMillis);
  }

  private void take(int id, long timeMillis) {
    if (id == lastId) {
      lastMillis = Math.min(timeMillis, lastMillis);
      return;
    }
    if (id == secondLastId) {
      secondLastMillis = Math.min(timeMillis, secondLastMillis);
    } else {
      long reached = Math.min(timeMillis, Math.min(lastMillis, secondLastMillis));
      clockMillis = Math.max(clockMillis, Math.min(reached, wallClock.millis()));
      secondLastMillis = timeMillis;
    }
    swap(id);
  }

  /** Makes the second last event the last one. */
  private void swap(int id) {
    long newMillis = secondLastMillis;
    secondLastId = lastId;
    secondLastMillis = lastMillis;
    lastId = id;
    lastMillis = newMillis;
  }

  private byte[] toBytes() {
    return ByteBuffer.allocate(STATE_BYTES)
        .putLong(clockMillis)
        .putLong(lastOffset)
        .putInt(lastId)
        .putLong(lastMillis)
        .putInt(secondLastId)
        .putLong(secondLastMillis)
        .array();
  }
}
