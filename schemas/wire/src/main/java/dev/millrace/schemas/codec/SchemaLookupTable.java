package dev.millrace.schemas.codec;

import dev.millrace.schemas.codec.OpenLookups.Due;
import dev.millrace.schemas.codec.OpenLookups.Lookup;
import dev.millrace.schemas.codec.OpenLookups.Question;
import dev.millrace.schemas.codec.SubjectSchemaCheck.SchemaCheck;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The known schema ids, the lookups in progress, and the next call to the registry. Safe for many
 * threads.
 *
 * <p>Found schemas are kept without a bound: they cannot change, and their number is that of the
 * registry. Everything about ids that were not found is bounded.
 */
final class SchemaLookupTable {
  private static final Logger log = LoggerFactory.getLogger(SchemaLookups.class);

  /** Calls run one after the other, so this limit applies only if the registry is very fast. */
  private static final int CALLS_PER_SECOND = 1_000;

  /**
   * Number of new ids within a second from which on they are random bytes, not new schemas of
   * producers.
   */
  private static final int MANY_IDS = 100;

  /** Pause between the calls for one id: {@link SubjectSchemaCheck#TRIES} of them take a second. */
  private static final long RETRY_NANOS = Duration.ofMillis(500).toNanos();

  private static final SchemaAnswer.Pending NOT_REQUESTED =
      new SchemaAnswer.Pending("it has not been looked up: too many others are being looked up");

  private final LongSupplier nanoTime;
  private final Map<Question, SchemaAnswer.Accepted> accepted = new ConcurrentHashMap<>();

  // The fields below are guarded by this.
  private final OutageBackoff backoff = new OutageBackoff();
  private final CallRateLimiter calls = new CallRateLimiter(CALLS_PER_SECOND);
  private final OpenLookups open = new OpenLookups();
  private final RejectedIds rejected = new RejectedIds();
  private boolean isRunning;
  private boolean hasAnswered;

  SchemaLookupTable(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * A run of calls that must be started.
   *
   * @param firstAnswer completed at the first answer to the question; null if a caller should not
   *     wait for it
   */
  record Run(@Nullable CompletableFuture<Boolean> firstAnswer) {}

  /** Whether the last call was answered, so that waiting for the registry changes nothing. */
  synchronized boolean isAnswering() {
    return hasAnswered && !backoff.isFailing();
  }

  SchemaAnswer answer(Question question) {
    SchemaAnswer.Accepted found = accepted.get(question);
    if (found != null) {
      return found;
    }
    synchronized (this) {
      SchemaAnswer.NotAccepted notAccepted = rejected.get(question, nanoTime.getAsLong());
      if (notAccepted != null) {
        return notAccepted;
      }
      Lookup lookup = open.get(question);
      return lookup == null ? NOT_REQUESTED : lookup.answer;
    }
  }

  /**
   * Requests a lookup.
   *
   * @return the run that the caller must start; null if one is running, or no call is due
   */
  synchronized @Nullable Run request(Question question, int records) {
    long nowNanos = nanoTime.getAsLong();
    Lookup lookup = open.request(question, records, nowNanos);
    boolean isDue = lookup == null || nowNanos - lookup.dueNanos >= 0;
    if (isRunning || !isDue || backoff.isPausing(nowNanos) || !calls.hasLeft(nowNanos)) {
      return null;
    }
    isRunning = true;
    return new Run(
        lookup != null && lookup.answers == 0 && !backoff.isFailing() ? lookup.firstAnswer : null);
  }

  /** The next call of the run; null at its end. */
  synchronized @Nullable Due take() {
    long nowNanos = nanoTime.getAsLong();
    Due due = backoff.isPausing(nowNanos) ? null : open.next(nowNanos);
    if (due == null || !calls.take(nowNanos)) {
      isRunning = false;
      return null;
    }
    return due;
  }

  synchronized void runEnded() {
    isRunning = false;
  }

  synchronized void answered(Due due, SchemaCheck check) {
    long nowNanos = nanoTime.getAsLong();
    if (backoff.isFailing()) {
      log.info("The schema registry answers again");
    }
    backoff.answered();
    hasAnswered = true;
    Lookup lookup = due.lookup();
    lookup.answers++;
    if (check instanceof SchemaCheck.Accepted found) {
      accepted.put(due.question(), new SchemaAnswer.Accepted(found.writer()));
      open.remove(due.question());
      return;
    }
    SchemaCheck.NotAccepted notAccepted = (SchemaCheck.NotAccepted) check;
    // One answer is enough for an id of one record while there are many.
    int tries =
        !lookup.hasSeveralRecords() && open.size() > MANY_IDS ? 1 : SubjectSchemaCheck.TRIES;
    if (notAccepted.mayChange() && lookup.answers < tries) {
      lookup.dueNanos = nowNanos + RETRY_NANOS;
      lookup.answer = new SchemaAnswer.Pending(notAccepted.reason().detail());
    } else {
      open.remove(due.question());
      rejected.put(due.question(), new SchemaAnswer.NotAccepted(notAccepted.reason()), nowNanos);
    }
  }

  synchronized void failed(Due due, RuntimeException failure) {
    if (!backoff.isFailing()) {
      log.warn(
          "Schemas cannot be looked up; records that need one are kept until the registry answers",
          failure);
    }
    backoff.failed(nanoTime.getAsLong());
    due.lookup().answer = new SchemaAnswer.Pending(String.valueOf(failure.getMessage()));
  }
}
