package dev.millrace.deploy.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.audit.Ledger.Audit;
import dev.millrace.deploy.audit.Ledger.Position;
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
  void recordsWithOneEndingAreCountedByEnding() {
    event("scored");
    ledger.prediction("scored");
    event("scored");
    event("late");
    ledger.late("late");
    ledger.deadLetter("BAD_MAGIC", event(null));
    ledger.deadLetter("CONTRACT", event("rejected"));
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
                0,
                0,
                List.of()));
  }

  @Test
  void lostAndRepeatedEventsAreReported() {
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

  @Test
  void idsWithTwoKindsOfEndingAreReported() {
    event("predicted-and-late");
    ledger.prediction("predicted-and-late");
    ledger.late("predicted-and-late");
    event("predicted-and-dead");
    ledger.prediction("predicted-and-dead");
    ledger.deadLetter("MODEL_OUTPUT", "predicted-and-dead");
    event("late-and-dead");
    ledger.late("late-and-dead");
    ledger.deadLetter("MODEL_OUTPUT", "late-and-dead");
    Audit audit = ledger.audit();
    assertThat(audit.kept()).isFalse();
    assertThat(audit.lost()).isZero();
    assertThat(audit.duplicatePredictions()).isZero();
    assertThat(audit.endedTwice()).isEqualTo(3);
    assertThat(audit.examples())
        .contains("predictions 1, late 1, dead letters 0: predicted-and-late");
  }

  @Test
  void aRejectedAndPredictedRecordIsReported() {
    ledger.deadLetter("CONTRACT", event("rejected"));
    ledger.prediction("rejected");
    assertThat(ledger.audit().endedTwice()).isEqualTo(1);
    // A corrected event under the same id is another record: it may be predicted.
    event("rejected");
    assertThat(ledger.audit().kept()).isTrue();
  }

  @Test
  void aRecordWithTwoDeadLettersIsReported() {
    Position position = event("rejected");
    ledger.deadLetter("CONTRACT", position);
    ledger.deadLetter("CONTRACT", position);
    assertOneRepeated(ledger.audit());
  }

  @Test
  void anIdThatIsLateTwiceIsReported() {
    event("late");
    event("late");
    ledger.late("late");
    ledger.late("late");
    assertOneRepeated(ledger.audit());
  }

  /** at_least_once allows a repeated ending after a crash; exactly_once does not. */
  private static void assertOneRepeated(Audit audit) {
    assertThat(audit.duplicateOthers()).isEqualTo(1);
    assertThat(audit.kept()).isFalse();
    assertThat(audit.keptAtLeastOnce()).isTrue();
  }

  /** Each event has one random ending; the audit must count exactly these. */
  @Property
  void countsEndings(@ForAll @Size(max = 200) List<@IntRange(max = 6) Integer> endings) {
    ledger = new Ledger(); // jqwik keeps the instance for all tries.
    for (int i = 0; i < endings.size(); i++) {
      String id = "e" + i;
      Position position = event(id);
      switch (endings.get(i)) {
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
        case 5 -> {
          ledger.prediction(id);
          ledger.late(id);
        }
        default -> {}
      }
    }
    Audit audit = ledger.audit();
    assertThat(audit.lost()).isEqualTo(count(endings, 6));
    assertThat(audit.late()).isEqualTo(count(endings, 1) + count(endings, 5));
    assertThat(audit.endedTwice()).isEqualTo(count(endings, 5));
    assertThat(audit.duplicatesDropped()).isEqualTo(count(endings, 3));
    assertThat(audit.duplicatePredictions()).isEqualTo(count(endings, 4));
    assertThat(audit.events())
        .isEqualTo(
            audit.predictions()
                - audit.duplicatePredictions()
                + audit.late()
                - audit.endedTwice()
                + audit.duplicatesDropped()
                + audit.lost()
                + audit.deadLetters().values().stream().mapToLong(Long::longValue).sum());
  }

  private static long count(List<Integer> endings, int ending) {
    return endings.stream().filter(each -> each == ending).count();
  }

  private Position event(@Nullable String id) {
    Position position = new Position(0, offset++);
    ledger.event(position, id);
    return position;
  }
}
