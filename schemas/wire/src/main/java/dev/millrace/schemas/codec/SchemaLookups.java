package dev.millrace.schemas.codec;

import dev.millrace.schemas.codec.Decoded.Rejected;
import dev.millrace.schemas.codec.OpenLookups.Due;
import dev.millrace.schemas.codec.OpenLookups.Lookup;
import dev.millrace.schemas.codec.OpenLookups.Question;
import dev.millrace.schemas.codec.WriterSchemas.Judged;
import dev.millrace.schemas.registry.OutageBackoff;
import dev.millrace.schemas.registry.Pause;
import dev.millrace.schemas.registry.Registry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks writer schemas up in a registry without making its callers wait: what is not known yet is
 * {@link Answer.Pending}, and whoever needs it asks again. Calls to the registry run on a thread of
 * their own, one after the other; a caller waits for one only briefly, and only while the registry
 * answers. One for the process; safe for many threads.
 *
 * <p>An id is rejected after three answers that it is unknown, spread over a second. While many ids
 * are looked up, as with random bytes, one answer is enough for an id that one or two records have.
 *
 * <p>Schemas that were found are kept for ever: they cannot change, and there are no more than the
 * registry holds. Everything about ids that were not found is bounded.
 */
public final class SchemaLookups {
  private static final Logger log = LoggerFactory.getLogger(SchemaLookups.class);

  /**
   * A registry answers in a few milliseconds; then a record of a new schema need not be kept. One
   * that is slow costs callers 5 % of their time.
   */
  private static final Duration WAIT_PER_SECOND = Duration.ofMillis(50);

  /** One call follows the other, so this bounds them only where the registry is very fast. */
  private static final int CALLS_PER_SECOND = 1_000;

  /** So many new ids within a second are no producers' new schemas, but random bytes. */
  private static final int MANY_IDS = 100;

  /** Between the tries for one id: {@link WriterSchemas#TRIES} of them take a second. */
  private static final long RETRY_NANOS = Duration.ofMillis(500).toNanos();

  /** How long an id stays rejected; then it is looked up anew, since it may be registered later. */
  private static final long REJECTED_NANOS = Duration.ofSeconds(10).toNanos();

  /** Of rejected ids that are remembered. */
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
  private final Pause pause;
  private final Map<Question, Answer.Usable> usable = new ConcurrentHashMap<>();

  // What follows is guarded by this.
  private final OutageBackoff backoff = new OutageBackoff();
  private final CallLimit calls = new CallLimit(CALLS_PER_SECOND);
  private final TimeShare waiting;
  private boolean isRunning;
  private boolean hasAnswered;
  private final OpenLookups open = new OpenLookups();
  private final Map<Question, Refusal> rejected =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Question, Refusal> eldest) {
          return size() > MOST_IDS;
        }
      };

  public SchemaLookups(Registry registry) {
    this(registry, ownThread(), System::nanoTime, WAIT_PER_SECOND);
  }

  /**
   * For tests.
   *
   * @param executor runs the calls to the registry
   * @param waitPerSecond for answers, in the threads of all callers together
   */
  public SchemaLookups(
      Registry registry, Executor executor, LongSupplier nanoTime, Duration waitPerSecond) {
    this(registry, executor, nanoTime, waitPerSecond, Pause::until);
  }

  SchemaLookups(
      Registry registry,
      Executor executor,
      LongSupplier nanoTime,
      Duration waitPerSecond,
      Pause pause) {
    this.registry = registry;
    this.executor = executor;
    this.nanoTime = nanoTime;
    this.waiting = new TimeShare(waitPerSecond);
    this.pause = pause;
  }

  private static Executor ownThread() {
    return Executors.newSingleThreadExecutor(
        task -> {
          Thread thread = new Thread(task, "schema-lookups");
          thread.setDaemon(true);
          return thread;
        });
  }

  /**
   * What can be said now, for a record that came. An id is looked up only while somebody asks for
   * it.
   */
  public Answer answer(String subject, int id) {
    return answer(new Question(subject, id), 1);
  }

  /** The same for records that wait. */
  Answer answerAgain(String subject, int id) {
    return answer(new Question(subject, id), 0);
  }

  /** Whether the last call was answered, so that waiting for the registry changes nothing. */
  synchronized boolean isAnswering() {
    return hasAnswered && !backoff.isFailing();
  }

  private Answer answer(Question question, int records) {
    Answer known = known(question);
    if (!(known instanceof Answer.Pending)) {
      return known;
    }
    CompletableFuture<Boolean> answered = start(question, records);
    if (answered != null) {
      await(answered);
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

  /**
   * Starts the calls that are due, unless they run already.
   *
   * @return completed at the first answer to the question, or null if it is not to be waited for
   */
  private @Nullable CompletableFuture<Boolean> start(Question question, int records) {
    CompletableFuture<Boolean> firstAnswer = null;
    synchronized (this) {
      long now = nanoTime.getAsLong();
      Lookup lookup = open.ask(question, records, now);
      boolean isDue = lookup == null || now - lookup.dueNanos >= 0;
      if (isRunning || !isDue || backoff.isPausing(now) || !calls.hasLeft(now)) {
        return null;
      }
      isRunning = true;
      if (lookup != null && lookup.answers == 0 && !backoff.isFailing()) {
        firstAnswer = lookup.firstAnswer;
      }
    }
    executor.execute(this::callAllThatAreDue);
    return firstAnswer;
  }

  /** One after the other, so that the registry decides how fast. */
  private void callAllThatAreDue() {
    try {
      for (Due due = take(); due != null; due = take()) {
        call(due);
      }
    } catch (Error e) {
      ended();
      throw e;
    }
  }

  private void call(Due due) {
    try {
      Registry.Lookup answer = registry.lookup(due.question().id());
      answered(due, WriterSchemas.judge(due.question().id(), answer, due.question().subject()));
    } catch (RuntimeException e) {
      failed(due.lookup(), e);
    } finally {
      due.lookup().firstAnswer.complete(true);
    }
  }

  private synchronized void ended() {
    isRunning = false;
  }

  private synchronized @Nullable Due take() {
    long now = nanoTime.getAsLong();
    Due due = backoff.isPausing(now) ? null : open.next(now);
    if (due == null || !calls.take(now)) {
      isRunning = false;
      return null;
    }
    return due;
  }

  private synchronized void answered(Due due, Judged judged) {
    long now = nanoTime.getAsLong();
    if (backoff.isFailing()) {
      log.info("The schema registry answers again");
    }
    backoff.answered();
    hasAnswered = true;
    Lookup lookup = due.lookup();
    lookup.answers++;
    if (judged instanceof Judged.Usable found) {
      usable.put(due.question(), new Answer.Usable(found.writer()));
      open.remove(due.question());
      return;
    }
    Judged.Unusable unusable = (Judged.Unusable) judged;
    // One answer is enough for an id of one record while there are many.
    int tries = !lookup.hasSeveralRecords() && open.size() > MANY_IDS ? 1 : WriterSchemas.TRIES;
    if (unusable.mayChange() && lookup.answers < tries) {
      lookup.dueNanos = now + RETRY_NANOS;
      lookup.answer = new Answer.Pending(unusable.reason().detail());
    } else {
      open.remove(due.question());
      rejected.remove(due.question());
      rejected.put(due.question(), new Refusal(new Answer.Unusable(unusable.reason()), now));
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

  /** For as long as this second's share allows; all threads have one together. */
  private void await(CompletableFuture<Boolean> answered) {
    long startNanos = nanoTime.getAsLong();
    long mostNanos;
    synchronized (this) {
      mostNanos = waiting.takeAll(startNanos);
    }
    if (mostNanos > 0) {
      pause.await(answered, mostNanos);
      long waitedNanos = nanoTime.getAsLong() - startNanos;
      synchronized (this) {
        waiting.giveBack(startNanos, mostNanos - waitedNanos);
      }
    }
  }

  private record Refusal(Answer.Unusable answer, long sinceNanos) {}
}
