package dev.millrace.schemas.codec;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The lookups in progress, in the order in which they began. Not safe for threads. */
final class OpenLookups {
  private static final int MOST_IDS = 10_000;

  /** A lookup that no caller has requested for so long is dropped where there is no room. */
  private static final long ABANDONED_NANOS = Duration.ofMinutes(1).toNanos();

  /** From so many records on, an id counts as one of several records: random ids hardly repeat. */
  private static final int SEVERAL = 3;

  /** What is looked up. */
  record Question(String subject, int id) {}

  /** A lookup whose next call is due. */
  record Due(Question question, Lookup lookup) {}

  /** A lookup in progress. */
  static final class Lookup {
    final CompletableFuture<Boolean> firstAnswer = new CompletableFuture<>();
    int answers;
    long dueNanos;
    SchemaAnswer.Pending answer = new SchemaAnswer.Pending("it is being looked up");
    private int records;
    private long requestedNanos;

    private Lookup(long dueNanos) {
      this.dueNanos = dueNanos;
    }

    boolean hasSeveralRecords() {
      return records >= SEVERAL;
    }
  }

  private final Map<Question, Lookup> lookups = new LinkedHashMap<>();
  private final CallLimit sweeps = new CallLimit(1);

  /**
   * The lookup of a question, begun if there is none; null if there is no room for one more.
   *
   * @param records that need its answer, besides those before
   */
  @Nullable Lookup request(Question question, int records, long nowNanos) {
    Lookup lookup = lookups.get(question);
    if (lookup == null) {
      if (!makeRoom(nowNanos)) {
        return null;
      }
      lookup = new Lookup(nowNanos);
      lookups.put(question, lookup);
    }
    lookup.requestedNanos = nowNanos;
    lookup.records = Math.min(SEVERAL, lookup.records + records);
    return lookup;
  }

  /** Drops abandoned lookups if there is no room, and says whether there is room now. */
  private boolean makeRoom(long nowNanos) {
    if (lookups.size() >= MOST_IDS && sweeps.take(nowNanos)) {
      lookups.values().removeIf(each -> nowNanos - each.requestedNanos > ABANDONED_NANOS);
    }
    return lookups.size() < MOST_IDS;
  }

  @Nullable Lookup get(Question question) {
    return lookups.get(question);
  }

  void remove(Question question) {
    lookups.remove(question);
  }

  int size() {
    return lookups.size();
  }

  /** A lookup that is due: ids of several records first, since random ids have one each. */
  @Nullable Due next(long nowNanos) {
    Due first = null;
    for (Map.Entry<Question, Lookup> each : lookups.entrySet()) {
      if (nowNanos - each.getValue().dueNanos >= 0) {
        if (each.getValue().hasSeveralRecords()) {
          return new Due(each.getKey(), each.getValue());
        }
        first = first == null ? new Due(each.getKey(), each.getValue()) : first;
      }
    }
    return first;
  }
}
