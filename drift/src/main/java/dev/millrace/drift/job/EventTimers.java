package dev.millrace.drift.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * Event-time timers of very many events. A timer of Flink in RocksDB is a record of its own, which
 * is written, searched and deleted. Here the timers of a minute are one list for each key group,
 * which is appended to before a checkpoint and read when its minute is reached, and most timers of
 * a fast replay fire before they are ever written.
 *
 * <p>In memory are the timers of the minute that has been reached, those that have not been written
 * yet, and one small object for each minute that has timers: its size does not depend on the number
 * of timers. They fire in the order of their times.
 */
final class EventTimers {
  /** Length of a bucket. The timers of one are in memory while they fire. */
  private static final long BUCKET_MILLIS = Duration.ofMinutes(1).toMillis();

  /** Number of timers in memory at which they are written, about 5 MB. */
  private static final int MAX_UNWRITTEN = 50_000;

  private static final List<Pending> NOTHING = List.of();

  /** Lists of encoded timers by key group and bucket, in the state of the job. */
  interface Store {
    void append(int keyGroup, long bucketMillis, byte[] timers);

    List<byte[]> read(int keyGroup, long bucketMillis);

    void delete(int keyGroup, long bucketMillis);
  }

  /** What a timer does. */
  interface Action {
    void fire(EventTimer timer);
  }

  private final Store store;
  private final TreeMap<Long, Bucket> waiting = new TreeMap<>();
  private final Map<Long, Bucket> reached = new HashMap<>();
  private final List<Bucket> changed = new ArrayList<>();
  private final PriorityQueue<Pending> next =
      new PriorityQueue<>(Comparator.comparing(Pending::timer));

  /** For each key group, the time up to which its timers had fired in the restored state. */
  private final long[] restoredMillis;

  private long firedMillis = Long.MIN_VALUE;
  private long earliestMillis = Long.MIN_VALUE;
  private int unwritten;

  /**
   * @param keyGroups number of all key groups of the job
   */
  EventTimers(Store store, int keyGroups) {
    this.store = store;
    this.restoredMillis = new long[keyGroups];
    Arrays.fill(restoredMillis, Long.MIN_VALUE);
  }

  /** Tells that the store has timers of this bucket. */
  void restoreBucket(int keyGroup, long bucketMillis) {
    waiting.computeIfAbsent(bucketMillis, Bucket::new).written.set(keyGroup);
  }

  /** Tells up to which time the timers of a key group have fired. */
  void restoreFired(int keyGroup, long millis) {
    restoredMillis[keyGroup] = millis;
  }

  /** Time up to which the timers of a key group have fired; Long.MIN_VALUE: none has. */
  long firedMillis(int keyGroup) {
    return Math.max(firedMillis, restoredMillis[keyGroup]);
  }

  /** Adds a timer. One that is due already fires with the next {@link #advance}. */
  void add(EventTimer timer) {
    long restored = restoredMillis[timer.keyGroup()];
    long earliest =
        Math.max(earliestMillis, restored == Long.MIN_VALUE ? restored : after(restored));
    EventTimer added = timer.notBefore(earliest);
    long bucketMillis = Math.floorDiv(added.dueMillis(), BUCKET_MILLIS) * BUCKET_MILLIS;
    Bucket bucket = reached.get(bucketMillis);
    if (bucket == null) {
      bucket = waiting.computeIfAbsent(bucketMillis, Bucket::new);
    }
    Pending pending = new Pending(added, bucket);
    if (bucket.unwritten.isEmpty()) {
      changed.add(bucket);
      bucket.unwritten = new ArrayList<>();
    }
    bucket.unwritten.add(pending);
    unwritten++;
    if (bucket.isReached) {
      bucket.await(pending, next);
    }
    if (unwritten >= MAX_UNWRITTEN) {
      write();
    }
  }

  /** Fires the timers up to this time, and those that they add. */
  void advance(long timeMillis, Action action) {
    while (true) {
      Pending first = next.peek();
      Map.Entry<Long, Bucket> bucket = waiting.firstEntry();
      if (bucket != null
          && bucket.getKey() <= timeMillis
          && (first == null || bucket.getKey() <= first.timer.dueMillis())) {
        waiting.pollFirstEntry();
        reach(bucket.getValue());
      } else if (first != null && first.timer.dueMillis() <= timeMillis) {
        next.remove();
        earliestMillis = first.timer.dueMillis();
        first.hasFired = true;
        action.fire(first.timer);
        first.bucket.pending--;
        deleteIfDone(first.bucket);
      } else {
        break;
      }
    }
    firedMillis = timeMillis;
    earliestMillis = after(timeMillis);
  }

  private static long after(long millis) {
    return millis == Long.MAX_VALUE ? millis : millis + 1;
  }

  private void reach(Bucket bucket) {
    bucket.isReached = true;
    reached.put(bucket.startMillis, bucket);
    for (int group = bucket.written.nextSetBit(0);
        group >= 0;
        group = bucket.written.nextSetBit(group + 1)) {
      for (byte[] timers : store.read(group, bucket.startMillis)) {
        for (EventTimer timer : EventTimer.decode(timers, group)) {
          if (timer.dueMillis() > restoredMillis[group]) {
            bucket.await(new Pending(timer, bucket), next);
          }
        }
      }
    }
    bucket.unwritten.forEach(pending -> bucket.await(pending, next));
    deleteIfDone(bucket);
  }

  private void deleteIfDone(Bucket bucket) {
    if (bucket.pending > 0) {
      return;
    }
    reached.remove(bucket.startMillis);
    unwritten -= bucket.unwritten.size();
    bucket.unwritten = NOTHING;
    bucket.written.stream().forEach(group -> store.delete(group, bucket.startMillis));
  }

  /** Writes all timers to the store; must be called before each checkpoint. */
  void write() {
    for (Bucket bucket : changed) {
      Map<Integer, List<EventTimer>> groups = new TreeMap<>();
      for (Pending pending : bucket.unwritten) {
        if (!pending.hasFired) {
          groups
              .computeIfAbsent(pending.timer.keyGroup(), group -> new ArrayList<>())
              .add(pending.timer);
        }
      }
      bucket.unwritten = NOTHING;
      groups.forEach(
          (group, timers) -> {
            store.append(group, bucket.startMillis, EventTimer.encode(timers));
            bucket.written.set(group);
          });
    }
    changed.clear();
    unwritten = 0;
  }

  /** The timers of a minute. */
  private static final class Bucket {
    private final long startMillis;

    /** Key groups that have timers of this bucket in the store. */
    private final BitSet written = new BitSet(0);

    private List<Pending> unwritten = NOTHING;
    private boolean isReached;

    /** Timers in memory that have not fired; counted when the bucket has been reached. */
    private int pending;

    Bucket(long startMillis) {
      this.startMillis = startMillis;
    }

    void await(Pending timer, PriorityQueue<Pending> queue) {
      queue.add(timer);
      pending++;
    }
  }

  /** A timer in memory. */
  private static final class Pending {
    private final EventTimer timer;
    private final Bucket bucket;
    private boolean hasFired;

    Pending(EventTimer timer, Bucket bucket) {
      this.timer = timer;
      this.bucket = bucket;
    }

    EventTimer timer() {
      return timer;
    }
  }
}
