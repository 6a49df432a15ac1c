package dev.millrace.drift.job;

import dev.millrace.drift.labels.EventState;
import dev.millrace.drift.labels.JoinEntry;
import dev.millrace.drift.labels.JoinResult;
import dev.millrace.drift.labels.Label;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.state.ValueState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The join's state of the current key, one value of Flink's keyed state. */
final class KeyedEvent implements EventState {
  private static final Logger log = LoggerFactory.getLogger(KeyedEvent.class);

  private final ValueState<byte[]> state;
  private final EntryCodec codec;
  private final EventTimers timers;
  private final JoinCounters counters;
  private final @Nullable CoverageCounter coverage;
  private String id = "";
  private int keyGroup;
  private boolean hasLogged;

  /**
   * @param coverage null: it is not counted
   */
  KeyedEvent(
      ValueState<byte[]> state,
      EntryCodec codec,
      EventTimers timers,
      JoinCounters counters,
      @Nullable CoverageCounter coverage) {
    this.state = state;
    this.codec = codec;
    this.timers = timers;
    this.counters = counters;
    this.coverage = coverage;
  }

  /** The state of this event; the backend must have its key. */
  KeyedEvent of(String eventId, int group) {
    id = eventId;
    keyGroup = group;
    return this;
  }

  @Override
  public @Nullable JoinEntry entry() {
    try {
      byte[] encoded = state.value();
      return encoded == null ? null : codec.decode(encoded, id);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void entry(@Nullable JoinEntry entry) {
    try {
      if (entry == null) {
        state.clear();
      } else {
        state.update(codec.encode(entry));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void timer(long eventTimeMillis) {
    timers.add(new EventTimer(eventTimeMillis, false, id, keyGroup));
  }

  @Override
  public void deleteAt(long eventTimeMillis) {
    timers.add(new EventTimer(eventTimeMillis, true, id, keyGroup));
  }

  @Override
  public void count(JoinResult result) {
    counters.count(result);
  }

  @Override
  public void taken(GenericRecord prediction) {
    if (coverage != null) {
      coverage.taken(prediction);
    }
  }

  @Override
  public void decided(GenericRecord prediction, JoinResult result) {
    counters.count(result);
    if (coverage != null) {
      coverage.decided(prediction, result);
    }
  }

  @Override
  public void contradicted(double counted, Label label) {
    counters.count(JoinResult.LABELS_CONTRADICTING);
    if (!hasLogged) {
      hasLogged = true;
      log.warn(
          "Event {} has a second label with another value: {} of {} does not count, since {} came first. Further ones are counted in {} and not logged.",
          id,
          label.value(),
          label.timeMillis(),
          counted,
          JoinResult.LABELS_CONTRADICTING.metric());
    }
  }
}
