package dev.millrace.inference.topology;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The simplest model of how events wait for their rows, as an oracle: it keeps every row and checks
 * every event at every step. Offsets are indexes into the history.
 */
final class WaitTwin {
  /** An event of the history. */
  record PastEvent(String card, long time) {}

  private final List<PastEvent> history;

  /** By view; null: forever. */
  private final List<@Nullable Long> waits;

  private long now;
  private final Map<Long, Long> waitingSince = new TreeMap<>();
  private final List<Set<Long>> arrived = new ArrayList<>();

  /** By offset: for each view the result of the wait and the offset of the row that was used. */
  final Map<Long, String> scored = new TreeMap<>();

  WaitTwin(List<PastEvent> history, List<@Nullable Long> waits, long now) {
    this.history = history;
    this.waits = waits;
    this.now = now;
    waits.forEach(wait -> arrived.add(new HashSet<>()));
  }

  WaitTwin copy() {
    WaitTwin copy = new WaitTwin(history, waits, now);
    copy.waitingSince.putAll(waitingSince);
    copy.scored.putAll(scored);
    for (int v = 0; v < arrived.size(); v++) {
      copy.arrived.get(v).addAll(arrived.get(v));
    }
    return copy;
  }

  void event(long offset) {
    waitingSince.put(offset, now);
    scoreReady();
  }

  void row(int view, long offset) {
    arrived.get(view).add(offset);
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
      List<String> results = new ArrayList<>();
      for (int v = 0; v < waits.size(); v++) {
        Long wait = waits.get(v);
        if (arrived.get(v).contains(offset)) {
          results.add("ARRIVED " + offset);
        } else if (wait != null && now - waitingSince.getOrDefault(offset, now) >= wait) {
          results.add("TIMED_OUT " + newest(v, history.get((int) offset).card));
        }
      }
      if (results.size() == waits.size()) {
        scored.put(offset, String.join(", ", results));
        waitingSince.remove(offset);
      }
    }
  }

  private @Nullable Long newest(int view, String card) {
    return LongStream.range(0, history.size())
        .filter(arrived.get(view)::contains)
        .boxed()
        .filter(offset -> history.get(offset.intValue()).card.equals(card))
        .max(
            Comparator.<Long>comparingLong(offset -> history.get(offset.intValue()).time)
                .thenComparing(Comparator.naturalOrder()))
        .orElse(null);
  }
}
