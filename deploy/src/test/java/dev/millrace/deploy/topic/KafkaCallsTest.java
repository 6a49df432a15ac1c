package dev.millrace.deploy.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.deploy.process.PlatformException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;

class KafkaCallsTest {
  private Duration elapsed = Duration.ZERO;
  private int attempts;
  private final KafkaCalls calls =
      new KafkaCalls(() -> elapsed.toNanos(), pause -> elapsed = elapsed.plus(pause));

  @Test
  void aTopicThatABrokerDoesNotKnowYetIsAskedForAgain() throws InterruptedException {
    String answer = calls.get("describe it", () -> unknownUntil(4));
    assertThat(answer).isEqualTo("known");
    assertThat(attempts).isEqualTo(4);
  }

  /** As the calls of the provisioning throw it, without a wrapper. */
  @Test
  void anErrorThatIsNotWrappedIsRepeatedToo() throws InterruptedException {
    KafkaCalls.Call<String> call =
        () -> {
          try {
            return unknownUntil(2);
          } catch (ExecutionException e) {
            throw (UnknownTopicOrPartitionException) e.getCause();
          }
        };
    assertThat(calls.get("create it", call)).isEqualTo("known");
  }

  @Test
  void itIsNotRepeatedForEver() {
    assertThatThrownBy(() -> calls.get("describe it", () -> unknownUntil(1_000_000)))
        .isInstanceOf(PlatformException.class)
        .hasMessage(
            "Kafka cannot describe it, repeated for 30 s: not here (UnknownTopicOrPartitionException)");
    assertThat(elapsed).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void anErrorThatStaysIsNotRepeated() {
    KafkaCalls.Call<String> call =
        () -> {
          attempts++;
          throw new ExecutionException(new TopicAuthorizationException("forbidden"));
        };
    assertThatThrownBy(() -> calls.get("describe it", call))
        .isInstanceOf(PlatformException.class)
        .hasMessageContaining("Kafka cannot describe it: forbidden");
    assertThat(attempts).isEqualTo(1);
  }

  private String unknownUntil(int attempt) throws ExecutionException {
    attempts++;
    if (attempts < attempt) {
      throw new ExecutionException(new UnknownTopicOrPartitionException("not here"));
    }
    return "known";
  }
}
