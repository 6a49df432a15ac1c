package dev.millrace.drift.labels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.Shop;
import dev.millrace.schemas.topics.PipelineSchemas;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A label that was read long before its prediction, with a short maturity, as in a replay. */
class LabelReleaseTest {
  private static final long MATURITY = 3_000;
  private static final long DAY = Duration.ofDays(1).toMillis();

  private final JoinClocks clocks = new JoinClocks(MATURITY, Duration.ofMinutes(5), () -> 0);
  private final LabelJoin join =
      new LabelJoin(
          new OutcomeBuilder(PipelineSchemas.outcome(Shop.pipeline())),
          Duration.ofMillis(MATURITY),
          null);
  private final MemoryState event = new MemoryState();

  @Test
  void aWaitingLabelIsCheckedFewTimesWhileLabelsRunAhead() {
    clocks.predictions(0);
    join.label(new Label("a", 1.0, 0), event);

    for (long millis = 0; millis <= 10 * DAY; millis += 1_000) {
      labels(millis);
    }

    // 15 times while the age doubles from 3 s to a day, and once a day then.
    assertThat(event.fired).isLessThanOrEqualTo(15 + 10);
    assertThat(event.entry).isNotNull();
  }

  @Test
  void aLabelWithoutAPredictionIsDroppedAtTheNextCheck() {
    clocks.predictions(0);
    join.label(new Label("a", 1.0, 0), event);
    labels(100_000);
    clocks.predictions(MATURITY);

    labels(200_000 - 1);
    assertThat(event.results).isEmpty();
    labels(200_000);
    assertThat(event.results).containsExactly(JoinResult.LABELS_UNMATCHED);
    assertThat(event.entry).isNull();
  }

  @Test
  void noCheckFollowsTheEndOfTheLabels() {
    clocks.predictions(0);
    join.label(new Label("a", 1.0, 0), event);
    labels(Long.MAX_VALUE);

    assertThat(event.timers).isEmpty();
    assertThat(event.entry).isNotNull();
  }

  private void labels(long millis) {
    clocks.labels(millis);
    clocks.advance();
    while (!event.timers.isEmpty() && event.timers.first() <= clocks.timersMillis()) {
      long due = event.timers.first();
      event.timers.remove(due);
      event.fired++;
      join.timer(due, event, clocks);
    }
  }

  private static final class MemoryState implements EventState {
    private final TreeSet<Long> timers = new TreeSet<>();
    private final List<JoinResult> results = new ArrayList<>();
    private @Nullable JoinEntry entry;
    private int fired;

    @Override
    public @Nullable JoinEntry entry() {
      return entry;
    }

    @Override
    public void entry(@Nullable JoinEntry value) {
      entry = value;
    }

    @Override
    public void timer(long eventTimeMillis) {
      timers.add(eventTimeMillis);
    }

    @Override
    public void deleteAt(long eventTimeMillis) {
      throw new AssertionError("no prediction is decided");
    }

    @Override
    public void count(JoinResult result) {
      results.add(result);
    }

    @Override
    public void taken(GenericRecord prediction) {
      throw new AssertionError("no prediction comes");
    }

    @Override
    public void decided(GenericRecord prediction, JoinResult result) {
      throw new AssertionError("no prediction comes");
    }

    @Override
    public void contradicted(double counted, Label label) {
      throw new AssertionError("no second label comes");
    }
  }
}
