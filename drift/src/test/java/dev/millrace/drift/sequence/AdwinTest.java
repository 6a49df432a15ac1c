package dev.millrace.drift.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AdwinTest {
  private final ErrorStream stream = new ErrorStream(11, 0, 0.2);

  @Test
  void growsWhileNothingChangesInLogarithmicMemory() {
    Adwin adwin = new Adwin(1, 1e-5, 1, List.of());
    int changes = 0;
    for (int i = 0; i < 30_000; i++) {
      changes += adwin.add(stream.next(0.2)).isPresent() ? 1 : 0;
    }

    assertThat(changes).isZero();
    assertThat(adwin.labels()).isEqualTo(30_000);
    assertThat(adwin.mean()).isBetween(0.19, 0.21);
    // At most six of each of the sizes 1 to 2^13.
    assertThat(adwin.state()).hasSizeLessThan(84);
    assertThat(adwin.state().stream().mapToLong(Adwin.Bucket::labels).sum()).isEqualTo(30_000);
    assertThat(adwin.state()).isSortedAccordingTo((a, b) -> Integer.compare(b.size(), a.size()));
  }

  @Test
  void findsAChangeAndForgetsWhatWasBefore() {
    Adwin adwin = new Adwin(1, 1e-5, 1, List.of());
    for (int i = 0; i < 5_000; i++) {
      adwin.add(stream.next(0.2));
    }
    Optional<Adwin.Change> change = Optional.empty();
    int delay = 0;
    while (change.isEmpty()) {
      change = adwin.add(stream.next(0.4));
      delay++;
    }
    for (int i = 0; i < 5_000; i++) {
      adwin.add(stream.next(0.4));
    }

    assertThat(delay).isLessThan(500);
    assertThat(change.orElseThrow().before()).isBetween(0.17, 0.23);
    assertThat(change.orElseThrow().since()).isBetween(0.23, 0.5);
    assertThat(adwin.mean()).isBetween(0.37, 0.43);
  }

  @Test
  void dispersionKeepsDependentErrorsQuiet() {
    assertThat(falseChanges(1)).isGreaterThan(3);
    assertThat(falseChanges(19)).isZero();
  }

  @Test
  void continuesFromItsState() {
    Adwin straight = new Adwin(1, 0.01, 1, List.of());
    Adwin restarted = new Adwin(1, 0.01, 1, List.of());
    for (int i = 0; i < 2_000; i++) {
      ErrorBatch batch = stream.next(i < 1_000 ? 0.1 : 0.5, 3, 1);
      Optional<Adwin.Change> change = straight.add(batch);
      restarted = new Adwin(1, 0.01, 1, restarted.state());
      assertThat(restarted.add(batch)).isEqualTo(change);
    }

    assertThat(restarted.state()).isEqualTo(straight.state());
  }

  @Test
  void leavesOutBatchesWithoutLabels() {
    Adwin adwin = new Adwin(1, 0.01, 1, List.of());
    adwin.add(new ErrorBatch(0, 1, 0, 0));

    assertThat(adwin.state()).isEmpty();
    assertThat(adwin.mean()).isNaN();
    assertThatThrownBy(() -> new Adwin(1, 0, 1, List.of())).hasMessageContaining("0.0");
  }

  /** Each error repeats the one before with probability .9. */
  private static int falseChanges(double dispersion) {
    Adwin adwin = new Adwin(1, 1e-5, dispersion, List.of());
    ErrorStream dependent = new ErrorStream(12, 0.9, 0.2);
    int changes = 0;
    for (int i = 0; i < 20_000; i++) {
      changes += adwin.add(dependent.next(0.2)).isPresent() ? 1 : 0;
    }
    return changes;
  }
}
