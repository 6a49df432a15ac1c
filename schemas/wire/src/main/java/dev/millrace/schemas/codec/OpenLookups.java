package dev.millrace.schemas.codec;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The lookups in progress, in the order in which they began. Not safe for threads. */
final class OpenLookups {
  private static final int MOST_IDS = 10_000;

  /** Time without a request after which a lookup is dropped if there is no space. */
  private static final long ABANDONED_NANOS = Duration.ofMinutes(1).toNanos();

  /**
   * Number of records from which on an id counts as one of several records: random ids rarely
   * repeat.
   */
  private static final int SEVERAL = 3;

  /** A schema id and the subject under which it is looked up. */
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
  private final CallRateLimiter sweeps = new CallRateLimiter(1);

  /**
   * The lookup of a question, created if there is none; null if there is no space for one more.
   *
   * @param records number of further records that need its answer
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

  /** Drops abandoned lookups if there is no space; returns whether there is space then. */
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

  /**
   * A lookup whose next call is due: ids of several records first, since random ids have one each.
   */
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
