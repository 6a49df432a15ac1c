package dev.millrace.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.Wait;
import dev.millrace.schemas.topics.Topics;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.avro.generic.GenericData;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
  private final Set<Long> waiting = new HashSet<>();
  private final List<ViewPlan> views =
      ViewPlan.of(
          Payments.pipeline(false, Payments.view("card", "payments", "card", Wait.forever())));
  private final Deadlines deadlines = new Deadlines(views, waiting::contains);

  @Test
  void aLongWaitKeepsNothingOfTheEventsThatWereScored() {
    waiting.add(0L);
    deadlines.add(event(0));
    for (long offset = 1; offset < 50_000; offset++) {
      waiting.add(offset);
      deadlines.add(event(offset));
      waiting.remove(offset);
    }

    assertThat(deadlines.size()).isLessThanOrEqualTo(1_001);
    long end = Topics.ROW_RETENTION.toMillis();
    assertThat(deadlines.poll(end - 1)).isEmpty();
    assertThat(deadlines.poll(end)).isEqualTo(OptionalLong.of(0));
  }

  @Test
  void whatIsDueComesFirst() {
    deadlines.add(event(0));
    deadlines.addDue(5);

    assertThat(deadlines.poll(0)).isEqualTo(OptionalLong.of(5));
    assertThat(deadlines.poll(0)).isEmpty();
  }

  private Event event(long offset) {
    return new Event(
        offset,
        0,
        new byte[0],
        new byte[0],
        new RecordHeaders(),
        new GenericData.Record(Payments.EVENT),
        views.size());
  }
}
