package dev.millrace.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.demo.Ledger.Audit;
import dev.millrace.deploy.demo.Ledger.Position;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private Ledger ledger = new Ledger();
  private long offset;

  @Test
  void everyRecordThatEndedSomewhereIsAccountedFor() {
    event("scored");
    ledger.prediction("scored");
    event("scored");
    event("late");
    ledger.late("late");
    ledger.deadLetter("BAD_MAGIC", event(null));
    ledger.deadLetter("CONTRACT", event("refused"));
    event("nan");
    ledger.deadLetter("MODEL_OUTPUT", "nan");
    assertThat(ledger.audit())
        .isEqualTo(
            new Audit(
                6,
                1,
                Map.of("BAD_MAGIC", 1L, "CONTRACT", 1L, "MODEL_OUTPUT", 1L),
                1,
                1,
                0,
                0,
                List.of()));
  }

  @Test
  void namesWhatIsLostAndWhatIsDoubled() {
    event("gone");
    event(null);
    event("twice");
    ledger.prediction("twice");
    ledger.prediction("twice");
    Audit audit = ledger.audit();
    assertThat(audit.lost()).isEqualTo(2);
    assertThat(audit.duplicatePredictions()).isEqualTo(1);
    assertThat(audit.kept()).isFalse();
    assertThat(audit.examples())
        .containsExactlyInAnyOrder(
            "lost: gone",
            "lost: unreadable record at Position[partition=0, offset=1]",
            "predicted 2 times: twice");
  }

  /** Each event has a fate of its own; the audit must count exactly those. */
  @Property
  void countsFates(@ForAll @Size(max = 200) List<@IntRange(max = 5) Integer> fates) {
    ledger = new Ledger(); // jqwik keeps the instance for all tries.
    for (int i = 0; i < fates.size(); i++) {
      String id = "e" + i;
      Position position = event(id);
      switch (fates.get(i)) {
        case 0 -> ledger.prediction(id);
        case 1 -> ledger.late(id);
        case 2 -> ledger.deadLetter("CONTRACT", position);
        case 3 -> {
          ledger.prediction(id);
          event(id);
        }
        case 4 -> {
          ledger.prediction(id);
          ledger.prediction(id);
        }
        default -> {}
      }
    }
    Audit audit = ledger.audit();
    assertThat(audit.lost()).isEqualTo(count(fates, 5));
    assertThat(audit.late()).isEqualTo(count(fates, 1));
    assertThat(audit.duplicatesDropped()).isEqualTo(count(fates, 3));
    assertThat(audit.duplicatePredictions()).isEqualTo(count(fates, 4));
    assertThat(audit.events())
        .isEqualTo(
            audit.predictions()
                - audit.duplicatePredictions()
                + audit.late()
                + audit.duplicatesDropped()
                + audit.lost()
                + audit.deadLetters().values().stream().mapToLong(Long::longValue).sum());
  }

  private static long count(List<Integer> fates, int fate) {
    return fates.stream().filter(each -> each == fate).count();
  }

  private Position event(@Nullable String id) {
    Position position = new Position(0, offset++);
    ledger.event(position, id);
    return position;
  }
}
