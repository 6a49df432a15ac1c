package dev.millrace.deploy.platform;

import dev.millrace.deploy.process.PlatformException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadinessWaitTest {
  private static final List<Component> SERVICES = List.of(Component.INGEST, Component.FLINK, Component.INFERENCE);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ConcurrentLinkedQueue<String> said = new ConcurrentLinkedQueue<>();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  /** A script that reads these lines goes on at the last one. */
  @Test
  void theLastLineComesAfterThePlatformIsAnnounced() {
    readiness(part -> {}).await(SERVICES, () -> said.add("announced"));

    assertThat(said).hasSize(4).containsOnlyOnce("announced");
    assertThat(List.copyOf(said).get(3)).isNotEqualTo("announced");
  }

  @Test
  void nothingIsAnnouncedWhenOnePartFails() {
    var failed = new CountDownLatch(1);
    var readiness =
        readiness(
            part -> {
              if (part == Component.FLINK) {
                failed.countDown();
                throw new PlatformException("flink ended");
              }
              failed.await();
            });

    assertThatThrownBy(() -> readiness.await(SERVICES, () -> said.add("announced")))
        .isInstanceOf(PlatformException.class)
        .hasMessage("flink ended");
    assertThat(said).doesNotContain("announced");
  }

  private ReadinessWait readiness(ReadinessWait.Wait wait) {
    return new ReadinessWait(threads, wait, part -> said.add(part.label() + " is ready"));
  }
}
