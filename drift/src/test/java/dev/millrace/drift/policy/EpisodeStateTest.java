package dev.millrace.drift.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.detect.Verdict;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class EpisodeStateTest {
  private static final int RECOVERY = 3;

  private static EpisodeState after(Verdict... windows) {
    EpisodeState state = EpisodeState.INITIAL;
    for (int i = 0; i < windows.length; i++) {
      state = state.next(windows[i], start(i), RECOVERY);
    }
    return state;
  }

  private static Instant start(int window) {
    return Instant.ofEpochSecond(3_600L * window);
  }

  @Test
  void stateOutsideAnEpisodeIsThatOfTheLastWindow() {
    for (Verdict verdict : Verdict.values()) {
      assertThat(after(Verdict.OK, verdict).verdict()).isEqualTo(verdict);
    }
  }

  @Test
  void driftIsLatchedUntilEnoughWindowsInARowAreOk() {
    EpisodeState latched = after(Verdict.OK, Verdict.DRIFT, Verdict.OK, Verdict.OK);

    assertThat(latched).isEqualTo(new EpisodeState(Verdict.DRIFT, 2, start(1)));
    assertThat(latched.next(Verdict.OK, start(4), RECOVERY))
        .isEqualTo(new EpisodeState(Verdict.OK, 0, null));
    assertThat(latched.next(Verdict.WARNING, start(4), RECOVERY)).isEqualTo(latched);
    assertThat(latched.next(Verdict.DRIFT, start(4), RECOVERY).calmWindows()).isZero();
    assertThat(latched.next(Verdict.DRIFT, start(4), RECOVERY).since()).isEqualTo(start(1));
    assertThat(latched.next(Verdict.INSUFFICIENT, start(4), RECOVERY)).isEqualTo(latched);
  }

  @Property
  void everyEpisodeFiresOnceAndResolvesOnce(@ForAll @Size(max = 60) List<Verdict> windows) {
    EpisodeState state = EpisodeState.INITIAL;
    int fired = 0;
    int resolved = 0;
    for (int i = 0; i < windows.size(); i++) {
      EpisodeState before = state;
      state = before.next(windows.get(i), start(i), RECOVERY);
      fired += state.firedSince(before) ? 1 : 0;
      resolved += state.resolvedSince(before) ? 1 : 0;
      assertThat(fired - resolved).isEqualTo(state.firing() ? 1 : 0);
      assertThat(state.firing()).isEqualTo(state.verdict() == Verdict.DRIFT);
    }
    assertThat(state).isEqualTo(after(windows.toArray(new Verdict[0])));
  }
}
