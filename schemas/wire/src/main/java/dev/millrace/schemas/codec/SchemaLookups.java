package dev.millrace.schemas.codec;

import dev.millrace.schemas.codec.OpenLookups.Due;
import dev.millrace.schemas.codec.OpenLookups.Question;
import dev.millrace.schemas.registry.Registry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;

/**
 * Looks up writer schemas in a registry and does not block its callers: a schema that is not known
 * yet is {@link SchemaAnswer.Pending}, and the caller requests it again later. Calls to the
 * registry run on their own thread, one after the other; a caller waits for one only briefly, and
 * only while the registry answers. One for the process; safe for many threads.
 *
 * <p>An id is rejected after three answers that it is unknown, spread over a second. While many ids
 * are looked up, as with random bytes, one answer is enough for an id that one or two records have.
 */
public final class SchemaLookups {
  /**
   * A registry usually answers within a few milliseconds, so that a record of a new schema need not
   * be kept. A slow registry takes at most 5 % of its callers' time.
   */
  private static final Duration WAIT_PER_SECOND = Duration.ofMillis(50);

  private final Registry registry;
  private final Executor executor;
  private final LongSupplier nanoTime;
  private final Pause pause;
  private final SchemaLookupTable state;

  /** Guarded by its own lock. */
  private final TimeBudget waiting;

  public SchemaLookups(Registry registry) {
    this(registry, ownThread(), System::nanoTime, WAIT_PER_SECOND);
  }

  /**
   * For tests.
   *
   * @param executor runs the calls to the registry
   * @param waitPerSecond time for which all callers together wait for answers in each second
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
    this.waiting = new TimeBudget(waitPerSecond);
    this.pause = pause;
    this.state = new SchemaLookupTable(nanoTime);
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
   * The answer for a record that has just been read. An id is looked up only while callers request
   * it.
   */
  SchemaAnswer answer(String subject, int id) {
    return answer(new Question(subject, id), 1);
  }

  /** The same for records that are waiting. */
  SchemaAnswer answerAgain(String subject, int id) {
    return answer(new Question(subject, id), 0);
  }

  /** Whether the last call was answered, so that waiting for the registry changes nothing. */
  boolean isAnswering() {
    return state.isAnswering();
  }

  private SchemaAnswer answer(Question question, int records) {
    SchemaAnswer known = state.answer(question);
    if (!(known instanceof SchemaAnswer.Pending)) {
      return known;
    }
    SchemaLookupTable.Run run = state.request(question, records);
    if (run != null) {
      executor.execute(this::callAllThatAreDue);
      if (run.firstAnswer() != null) {
        await(run.firstAnswer());
      }
    }
    return state.answer(question);
  }

  /** Runs the calls one after the other, so that the registry limits their rate. */
  private void callAllThatAreDue() {
    try {
      for (Due due = state.take(); due != null; due = state.take()) {
        call(due);
      }
    } catch (Error e) {
      state.runEnded();
      throw e;
    }
  }

  private void call(Due due) {
    try {
      Registry.Lookup answer = registry.lookup(due.question().id());
      state.answered(
          due, SubjectSchemaCheck.check(due.question().id(), answer, due.question().subject()));
    } catch (RuntimeException e) {
      state.failed(due, e);
    } finally {
      due.lookup().firstAnswer.complete(true);
    }
  }

  /**
   * Waits for the answer, at most for what is left of this second's share; all threads have one
   * share together.
   */
  private void await(CompletableFuture<Boolean> answered) {
    long startNanos = nanoTime.getAsLong();
    long mostNanos;
    synchronized (waiting) {
      mostNanos = waiting.takeAll(startNanos);
    }
    if (mostNanos > 0) {
      pause.await(answered, mostNanos);
      long waitedNanos = nanoTime.getAsLong() - startNanos;
      synchronized (waiting) {
        waiting.giveBack(startNanos, mostNanos - waitedNanos);
      }
    }
  }
}
