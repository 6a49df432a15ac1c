package dev.millrace.deploy.evolution;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.deploy.process.PlatformException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InferenceStallTest {
  private Duration elapsed = Duration.ZERO;
  private Optional<String> health = Optional.of("ok");
  private final InferenceStall stall = new InferenceStall(() -> elapsed.toNanos(), () -> health);

  @Test
  void inferenceThatDoesNotAnswerEndsTheWait() {
    health = Optional.empty();
    stall.check(100);
    after(Duration.ofSeconds(119));
    assertThatCode(() -> stall.check(100)).doesNotThrowAnyException();
    after(Duration.ofSeconds(1));
    assertThatThrownBy(() -> stall.check(100))
        .isInstanceOf(PlatformException.class)
        .hasMessage(
            "inference has read nothing for 2 minutes, 100 records are left; it does not answer: see its log, and start the platform again");
  }

  @Test
  void inferenceThatReadsSlowlyIsWaitedFor() {
    health = Optional.empty();
    for (int left = 100; left > 0; left--) {
      stall.check(left);
      after(Duration.ofSeconds(110));
    }
  }

  @Test
  void inferenceThatAnswersHasTimeToRestoreItsStores() {
    health = Optional.of("restoring card-entities");
    stall.check(100);
    after(Duration.ofMinutes(9));
    assertThatCode(() -> stall.check(100)).doesNotThrowAnyException();
    after(Duration.ofMinutes(1));
    assertThatThrownBy(() -> stall.check(100)).hasMessageContaining("restoring card-entities");
  }

  private void after(Duration time) {
    elapsed = elapsed.plus(time);
  }
}
