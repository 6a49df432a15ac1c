package dev.millrace.drift.job;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A timer of one event.
 *
 * @param dueMillis event time at which it fires
 * @param deletes true: the event is forgotten; false: the join looks at it again
 * @param id of the event
 * @param keyGroup of the id
 */
record EventTimer(long dueMillis, boolean deletes, String id, int keyGroup)
    implements Comparable<EventTimer> {
  private static final int FIXED_BYTES = Long.BYTES + 1 + Integer.BYTES;

  @Override
  public int compareTo(EventTimer other) {
    int byTime = Long.compare(dueMillis, other.dueMillis);
    return byTime != 0 ? byTime : id.compareTo(other.id);
  }

  /** This timer, due at that time at the earliest. */
  EventTimer notBefore(long millis) {
    return dueMillis >= millis ? this : new EventTimer(millis, deletes, id, keyGroup);
  }

  /** The bytes of timers of one key group. */
  static byte[] encode(List<EventTimer> timers) {
    List<byte[]> ids =
        timers.stream().map(timer -> timer.id.getBytes(StandardCharsets.UTF_8)).toList();
    int length = ids.stream().mapToInt(id -> FIXED_BYTES + id.length).sum();
    ByteBuffer bytes = ByteBuffer.allocate(length);
    for (int i = 0; i < timers.size(); i++) {
      EventTimer timer = timers.get(i);
      bytes.putLong(timer.dueMillis).put((byte) (timer.deletes ? 1 : 0));
      bytes.putInt(ids.get(i).length).put(ids.get(i));
    }
    return bytes.array();
  }

  /** The timers that were encoded. */
  static List<EventTimer> decode(byte[] encoded, int keyGroup) {
    ByteBuffer bytes = ByteBuffer.wrap(encoded);
    List<EventTimer> timers = new ArrayList<>();
    while (bytes.hasRemaining()) {
      long dueMillis = bytes.getLong();
      boolean deletes = bytes.get() == 1;
      byte[] id = new byte[bytes.getInt()];
      bytes.get(id);
      timers.add(
          new EventTimer(dueMillis, deletes, new String(id, StandardCharsets.UTF_8), keyGroup));
    }
    return timers;
  }
}
