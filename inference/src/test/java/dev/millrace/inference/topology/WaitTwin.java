package dev.millrace.inference.topology;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The simplest model of how events wait for their vectors, as an oracle: it keeps every vector and
 * checks every event at every step. Offsets are indexes into the history.
 */
final class WaitTwin {
  /**
   * A record of the clean topic.
   *
   * @param card null: a progress record
   */
  record Past(@Nullable String card, long time) {}

  private final List<Past> history;

  /** Null: forever. */
  private final @Nullable Long wait;

  private long now;
  private final Map<Long, Long> waitingSince = new TreeMap<>();
  private final Set<Long> arrived = new HashSet<>();

  /** By offset: the result of the wait and the offset of the vector that was used. */
  final Map<Long, String> scored = new TreeMap<>();

  WaitTwin(List<Past> history, @Nullable Long wait, long now) {
    this.history = history;
    this.wait = wait;
    this.now = now;
  }

  WaitTwin copy() {
    WaitTwin copy = new WaitTwin(history, wait, now);
    copy.waitingSince.putAll(waitingSince);
    copy.scored.putAll(scored);
    copy.arrived.addAll(arrived);
    return copy;
  }

  void event(long offset) {
    waitingSince.put(offset, now);
    scoreReady();
  }

  void vector(long offset) {
    arrived.add(offset);
    scoreReady();
  }

  void tick(long millis) {
    now += millis;
    scoreReady();
  }

  /** Pending events wait again for the full time. */
  void restart(long restartedAt) {
    now = restartedAt;
    waitingSince.replaceAll((offset, since) -> now);
  }

  long now() {
    return now;
  }

  private void scoreReady() {
    for (long offset : List.copyOf(waitingSince.keySet())) {
      if (arrived.contains(offset)) {
        scored.put(offset, "ARRIVED " + (double) offset);
        waitingSince.remove(offset);
      } else if (wait != null && now - waitingSince.getOrDefault(offset, now) >= wait) {
        scored.put(offset, "TIMED_OUT " + newest(history.get((int) offset)));
        waitingSince.remove(offset);
      }
    }
  }

  /** The newest row of the card, unless it is newer than the event. */
  private @Nullable Double newest(Past event) {
    return LongStream.range(0, history.size())
        .filter(arrived::contains)
        .boxed()
        .filter(offset -> Objects.equals(past(offset).card, event.card))
        .max(
            Comparator.<Long>comparingLong(offset -> past(offset).time)
                .thenComparing(Comparator.naturalOrder()))
        .filter(offset -> past(offset).time <= event.time)
        .map(Long::doubleValue)
        .orElse(null);
  }

  private Past past(long offset) {
    return history.get((int) offset);
  }
}
