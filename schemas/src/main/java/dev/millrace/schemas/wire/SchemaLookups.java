package dev.millrace.schemas.wire;

import dev.millrace.schemas.wire.Decoded.Rejected;
import dev.millrace.schemas.wire.WriterSchemas.Judged;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks writer schemas up in a registry without making its callers wait: what is not known yet is
 * {@link Answer.Pending}, and whoever needs it asks again. Calls to the registry run on a thread of
 * their own; a caller waits for one only briefly, and only while the registry answers. One for the
 * process; safe for many threads.
 *
 * <p>Schemas that were found are kept for ever: they cannot change, and there are no more than the
 * registry holds. Everything about ids that were not found is bounded.
 */
public final class SchemaLookups {
  private static final Logger log = LoggerFactory.getLogger(SchemaLookups.class);

  /** A registry answers in a few milliseconds; then a record of a new schema need not be kept. */
  private static final Duration LONGEST_WAIT = Duration.ofMillis(500);

  /** With {@link #LONGEST_WAIT} and a registry of usual speed, callers wait 5 % of the time. */
  private static final int WAITS_PER_SECOND = 10;

  /** What any registry serves beside its other work. */
  private static final int CALLS_PER_SECOND = 100;

  /** Between the tries for one id: {@link WriterSchemas#TRIES} of them take a second. */
  private static final long RETRY_NANOS = Duration.ofMillis(500).toNanos();

  /** How long an id stays rejected; then it is looked up anew, since it may be registered later. */
  private static final long REJECTED_NANOS = Duration.ofSeconds(10).toNanos();

  /** A look-up that was not asked for in so long is given up. */
  private static final long ABANDONED_NANOS = Duration.ofMinutes(1).toNanos();

  /** Of look-ups in progress, and of rejected ids that are remembered. */
  private static final int MOST_IDS = 10_000;

  /** What can be said of a schema id now. */
  public sealed interface Answer {
    /** The schema, registered under the subject. */
    record Usable(Schema writer) implements Answer {}

    /** The registry has answered that there is none, as often as it was to be asked. */
    record Unusable(Rejected reason) implements Answer {}

    /** The registry has not answered, or has to be asked again. */
    record Pending(String reason) implements Answer {}
  }

  private static final Answer.Pending NOT_ASKED =
      new Answer.Pending("it has not been looked up: too many others are being looked up");

  private final Registry registry;
  private final Executor executor;
  private final LongSupplier nanoTime;
  private final Duration longestWait;
  private final Map<Question, Answer.Usable> usable = new ConcurrentHashMap<>();

  // What follows is guarded by this.
  private final OutageBackoff backoff = new OutageBackoff();
  private final CallLimit calls = new CallLimit(CALLS_PER_SECOND);
  private final CallLimit waits = new CallLimit(WAITS_PER_SECOND);
  private final CallLimit sweeps = new CallLimit(1);
  private int running;
  private final Map<Question, Lookup> open = new LinkedHashMap<>();
  private final Map<Question, Refusal> rejected =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Question, Refusal> eldest) {
          return size() > MOST_IDS;
        }
      };

  public SchemaLookups(Registry registry) {
    this(registry, ownThread(), System::nanoTime, LONGEST_WAIT);
  }

  /**
   * For tests.
   *
   * @param executor runs the calls to the registry
   * @param longestWait for an answer, in the thread of the caller
   */
  public SchemaLookups(
      Registry registry, Executor executor, LongSupplier nanoTime, Duration longestWait) {
    this.registry = registry;
    this.executor = executor;
    this.nanoTime = nanoTime;
    this.longestWait = longestWait;
  }

  private static Executor ownThread() {
    return Executors.newSingleThreadExecutor(
        task -> {
          Thread thread = new Thread(task, "schema-lookups");
          thread.setDaemon(true);
          return thread;
        });
  }

  /** What can be said now. A look-up goes on only while somebody asks for its answer. */
  public Answer answer(String subject, int id) {
    Question question = new Question(subject, id);
    Answer known = known(question);
    if (!(known instanceof Answer.Pending)) {
      return known;
    }
    Call call = nextCall(question);
    if (call == null) {
      return known;
    }
    executor.execute(() -> run(question, call));
    if (call.isWorthWaiting) {
      await(call);
    }
    return known(question);
  }

  private Answer known(Question question) {
    Answer.Usable found = usable.get(question);
    if (found != null) {
      return found;
    }
    synchronized (this) {
      Refusal rejection = rejected.get(question);
      if (rejection != null && nanoTime.getAsLong() - rejection.sinceNanos < REJECTED_NANOS) {
        return rejection.answer;
      }
      Lookup lookup = open.get(question);
      return lookup == null ? NOT_ASKED : lookup.answer;
    }
  }

  /** The call that the question needs now, or null if none is due or allowed. */
  private synchronized @Nullable Call nextCall(Question question) {
    long now = nanoTime.getAsLong();
    Lookup lookup = open.get(question);
    if (lookup == null) {
      if (!hasRoom(now)) {
        return null;
      }
      rejected.remove(question);
      lookup = new Lookup(now);
      open.put(question, lookup);
    }
    lookup.askedForNanos = now;
    // While the registry fails, one call finds out whether it still does.
    boolean isHeldBack = backoff.isPausing(now) || (backoff.isFailing() && running > 0);
    if (lookup.isRunning || now - lookup.dueNanos < 0 || isHeldBack || !calls.take(now)) {
      return null;
    }
    boolean isWorthWaiting =
        lookup.answers == 0 && running == 0 && !backoff.isFailing() && waits.take(now);
    lookup.isRunning = true;
    running++;
    return new Call(lookup, new CompletableFuture<>(), isWorthWaiting);
  }

  private boolean hasRoom(long now) {
    if (open.size() >= MOST_IDS && sweeps.take(now)) {
      open.values().removeIf(each -> !each.isRunning && now - each.askedForNanos > ABANDONED_NANOS);
    }
    return open.size() < MOST_IDS;
  }

  private void run(Question question, Call call) {
    try {
      if (!isPausing()) {
        Registry.Lookup answer = registry.lookup(question.id);
        answered(question, call.lookup, WriterSchemas.judge(question.id, answer, question.subject));
      }
    } catch (RuntimeException e) {
      failed(call.lookup, e);
    } finally {
      ended(call);
    }
  }

  private synchronized boolean isPausing() {
    return backoff.isPausing(nanoTime.getAsLong());
  }

  private synchronized void answered(Question question, Lookup lookup, Judged judged) {
    long now = nanoTime.getAsLong();
    if (backoff.isFailing()) {
      log.info("The schema registry answers again");
    }
    backoff.answered();
    lookup.answers++;
    if (judged instanceof Judged.Usable found) {
      usable.put(question, new Answer.Usable(found.writer()));
      open.remove(question);
      return;
    }
    Judged.Unusable unusable = (Judged.Unusable) judged;
    if (unusable.mayChange() && lookup.answers < WriterSchemas.TRIES) {
      lookup.dueNanos = now + RETRY_NANOS;
      lookup.answer = new Answer.Pending(unusable.reason().detail());
    } else {
      open.remove(question);
      rejected.put(question, new Refusal(new Answer.Unusable(unusable.reason()), now));
    }
  }

  private synchronized void failed(Lookup lookup, RuntimeException failure) {
    if (!backoff.isFailing()) {
      log.warn(
          "Schemas cannot be looked up; records that need one are kept until the registry answers",
          failure);
    }
    backoff.failed(nanoTime.getAsLong());
    lookup.answer = new Answer.Pending(String.valueOf(failure.getMessage()));
  }

  private void ended(Call call) {
    synchronized (this) {
      call.lookup.isRunning = false;
      running--;
    }
    call.done.complete(true);
  }

  private void await(Call call) {
    try {
      call.done.get(longestWait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException slow) {
      // The call goes on; whoever asks again finds its answer.
    } catch (ExecutionException e) {
      throw new IllegalStateException("a call is completed in one way only", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private record Question(String subject, int id) {}

  private record Refusal(Answer.Unusable answer, long sinceNanos) {}

  private record Call(Lookup lookup, CompletableFuture<Boolean> done, boolean isWorthWaiting) {}

  /** A look-up in progress. */
  private static final class Lookup {
    int answers;
    boolean isRunning;
    long dueNanos;
    long askedForNanos;
    Answer.Pending answer = new Answer.Pending("it is being looked up");

    Lookup(long dueNanos) {
      this.dueNanos = dueNanos;
    }
  }
}
