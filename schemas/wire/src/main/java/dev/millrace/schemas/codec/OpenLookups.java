package dev.millrace.schemas.codec;

import dev.millrace.schemas.codec.SchemaLookups.Answer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The look-ups in progress, in the order in which they began. Not safe for threads. */
final class OpenLookups {
  private static final int MOST_IDS = 10_000;

  /** A look-up that was not asked for in so long is given up where there is no room. */
  private static final long ABANDONED_NANOS = Duration.ofMinutes(1).toNanos();

  /** Records with one id that are several: random ids hardly repeat. */
  private static final int SEVERAL = 3;

  record Question(String subject, int id) {}

  record Due(Question question, Lookup lookup) {}

  /** A look-up in progress. */
  static final class Lookup {
    final CompletableFuture<Boolean> firstAnswer = new CompletableFuture<>();
    int answers;
    long dueNanos;
    Answer.Pending answer = new Answer.Pending("it is being looked up");
    private int records;
    private long askedForNanos;

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
   * The look-up of a question; null if there is no room for one more.
   *
   * @param records that need its answer, besides those before
   */
  @Nullable Lookup ask(Question question, int records, long now) {
    Lookup lookup = lookups.get(question);
    if (lookup == null) {
      if (!hasRoom(now)) {
        return null;
      }
      lookup = new Lookup(now);
      lookups.put(question, lookup);
    }
    lookup.askedForNanos = now;
    lookup.records = Math.min(SEVERAL, lookup.records + records);
    return lookup;
  }

  private boolean hasRoom(long now) {
    if (lookups.size() >= MOST_IDS && sweeps.take(now)) {
      lookups.values().removeIf(each -> now - each.askedForNanos > ABANDONED_NANOS);
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

  /** What is due: ids of several records first, since random ids have one each. */
  @Nullable Due next(long now) {
    Due first = null;
    for (Map.Entry<Question, Lookup> each : lookups.entrySet()) {
      if (now - each.getValue().dueNanos >= 0) {
        if (each.getValue().hasSeveralRecords()) {
          return new Due(each.getKey(), each.getValue());
        }
        first = first == null ? new Due(each.getKey(), each.getValue()) : first;
      }
    }
    return first;
  }
}
