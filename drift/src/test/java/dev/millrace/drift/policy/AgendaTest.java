package dev.millrace.drift.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How long windows wait for labels; their order is that of {@code ArrivalOrderTest}. */
class AgendaTest {
  private static final long HOUR = 3_600_000;
  private static final long WAIT = 60_000;

  private final Agenda agenda =
      new Agenda(
          HOUR, new SignalInputs(Set.of("labels"), 0, WAIT), List.of(), List.of(), List.of());

  /** Labels have the times of events of two days ago, and stay as far behind. */
  @Test
  void labelsThatStayBehindDelayAWindowByTheWaitAtMost() {
    for (int hour = 0; hour < 5; hour++) {
      agenda.add(hour * HOUR);
      long endMillis = (hour + 1) * HOUR;
      for (long second = 0; second <= 60; second++) {
        agenda.mark(new SignalMark("labels", endMillis - 48 * HOUR + second, false));
        agenda.predictions(endMillis, endMillis + second * 1_000);
        if (second < 60) {
          assertThat(agenda.next()).isNull();
        }
      }
      assertThat(agenda.next()).isEqualTo(new Agenda.Window(hour * HOUR));
      assertThat(agenda.next()).isNull();
    }
  }

  @Test
  void shortWindowsDoNotAddUpTheirWaits() {
    Agenda seconds =
        new Agenda(
            1_000, new SignalInputs(Set.of("labels"), 0, WAIT), List.of(), List.of(), List.of());
    int decided = 0;
    for (int second = 0; second < 600; second++) {
      seconds.add(second * 1_000L);
      seconds.mark(new SignalMark("labels", second - 48 * HOUR, false));
      seconds.predictions((second + 1) * 1_000L, second * 1_000L);
      while (seconds.next() != null) {
        decided++;
      }
    }
    assertThat(decided).isBetween(535, 545);
  }
}
