package dev.millrace.inference.repartition;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.inference.policy.Deadlines;
import dev.millrace.inference.policy.WaitStart;
import dev.millrace.inference.repartition.AskedEvent.KnownRow;
import dev.millrace.inference.rows.NewestRows;
import dev.millrace.inference.waiting.CleanEvent;
import dev.millrace.inference.waiting.EventFields;
import dev.millrace.inference.waiting.StoredRows;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongPredicate;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The rows of the events of one partition, when other partitions keep some of them. An event reads
 * the rows of its own partition and asks for the others at the same time, once; what is known is
 * stored with it. After a restart it asks again for what is not known: a question may be lost with
 * at-least-once, or an answer when no process ran for longer than the answers are kept.
 */
public final class RepartitionedRows implements StoredRows {
  /**
   * How long an event waits for answers; about ten times the usual time with exactly-once, where
   * question and answer wait for a commit each (100 ms, StreamsDefaults). A partition that moves to
   * another instance does not answer for longer.
   */
  public static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);

  /** Sends a question to the partition of the entity. */
  @FunctionalInterface
  public interface Sender {
    /** Sends a question; it may be sent again after a restart. */
    void send(byte[] entity, Question question);
  }

  private final int partition;
  private final List<LookupRows> lookups;
  private final EventFields fields;
  private final AskedEventCodec codec;
  private final AskedEvents events;
  private final Deadlines deadlines;
  private final Sender questions;

  /**
   * Restores what an earlier process left in the store.
   *
   * @param partition of the events
   * @param lookups by index
   * @param nowMillis wall clock
   */
  public RepartitionedRows(
      int partition,
      List<LookupRows> lookups,
      EventFields fields,
      KeyValueStore<Bytes, byte[]> store,
      Sender questions,
      long nowMillis) {
    this.partition = partition;
    this.lookups = List.copyOf(lookups);
    this.fields = fields;
    this.codec = new AskedEventCodec(this.lookups, nowMillis);
    this.events = new AskedEvents(store, codec);
    this.deadlines = new Deadlines(ANSWER_TIMEOUT, events::contains);
    this.questions = questions;
  }

  @Override
  public @Nullable Found find(CleanEvent event, long nowMillis) {
    AskedEvent known = events.get(event.offset());
    AskedEvent asked = known != null ? known : newEvent(nowMillis);
    if (!asked.isSent()) {
      readOwnRows(event, asked);
    }
    if (asked.isAnswered()) {
      return new Found(asked.features(), true);
    }
    if (!asked.isSent()) {
      ask(event, asked, nowMillis);
    }
    return nowMillis >= asked.times().endMillis(ANSWER_TIMEOUT)
        ? new Found(asked.features(), false)
        : null;
  }

  private AskedEvent newEvent(long nowMillis) {
    return new AskedEvent(
        new WaitStart(nowMillis, nowMillis), new @Nullable KnownRow[lookups.size()]);
  }

  /** Reads the rows that are not known and need no question. */
  private void readOwnRows(CleanEvent event, AskedEvent asked) {
    for (int i = 0; i < lookups.size(); i++) {
      String entity = lookups.get(i).lookup().key().of(event.fields());
      NewestRows newest = lookups.get(i).newest();
      if (asked.row(i) == null && (entity == null || newest != null)) {
        asked.answered(
            i, entity == null || newest == null ? KnownRow.NONE : row(newest, entity, event));
      }
    }
  }

  private static KnownRow row(NewestRows newest, String entity, CleanEvent event) {
    NewestRows.Row row = newest.read(entity.getBytes(UTF_8), event.timeMillis());
    return row == null ? KnownRow.NONE : new KnownRow(row.wire(), row.features());
  }

  private void ask(CleanEvent event, AskedEvent asked, long nowMillis) {
    for (int i = 0; i < lookups.size(); i++) {
      String entity = lookups.get(i).lookup().key().of(event.fields());
      if (asked.row(i) == null && entity != null) {
        questions.send(entity.getBytes(UTF_8), question(event, lookups.get(i), nowMillis));
      }
    }
    // After the output: if that fails with at-least-once, Kafka Streams processes the record again.
    asked.sent();
    events.put(event.offset(), asked);
    deadlines.add(event.offset(), asked.times());
  }

  private Question question(CleanEvent event, LookupRows lookup, long nowMillis) {
    return new Question(
        fields.id(event.fields()),
        event.timeMillis(),
        partition,
        event.offset(),
        lookup.lookup().name(),
        lookup.topic(),
        nowMillis);
  }

  /**
   * Keeps an answer.
   *
   * @return whether the event did not have it; otherwise it was repeated, or is that of another
   *     event, of a lookup that has changed, or cannot be decoded
   */
  public boolean take(CleanEvent event, Answer answer) {
    AskedEvent asked = events.get(event.offset());
    Question question = answer.question();
    int lookup = codec.index(question.lookup(), question.rows());
    if (asked == null
        || lookup < 0
        || asked.row(lookup) != null
        || !question.eventId().equals(fields.id(event.fields()))) {
      return false;
    }
    KnownRow row = answer.row() == null ? KnownRow.NONE : codec.row(lookup, answer.row());
    if (row == null) {
      return false;
    }
    asked.answered(lookup, row);
    if (!asked.isAnswered()) {
      events.put(event.offset(), asked);
    }
    return true;
  }

  @Override
  public boolean isAsked(long offset) {
    return events.contains(offset);
  }

  @Override
  public OptionalLong pollDue(long nowMillis) {
    return deadlines.poll(nowMillis);
  }

  @Override
  public void remove(long offset) {
    events.remove(offset);
  }

  @Override
  public void cleanUp(LongPredicate exists) {
    events.removeUnless(exists);
  }
}
