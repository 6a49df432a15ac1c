package dev.millrace.deploy.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.deploy.process.PlatformException;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadinessWaitTest {
  private static final List<Component> SERVICES =
      List.of(Component.INGEST, Component.FLINK, Component.INFERENCE);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  /** A script that reads these lines can use the platform after the last one. */
  @Test
  void theLastComponentIsReportedAfterTheLastAction() {
    readiness(component -> {}).await(SERVICES, () -> lines.add("announced"));

    assertThat(lines).hasSize(4).containsOnlyOnce("announced");
    assertThat(List.copyOf(lines).get(3)).isNotEqualTo("announced");
  }

  @Test
  void theActionIsNotRunIfOneComponentFails() {
    var failed = new CountDownLatch(1);
    var readiness =
        readiness(
            component -> {
              if (component == Component.FLINK) {
                failed.countDown();
                throw new PlatformException("flink exited");
              }
              failed.await();
            });

    assertThatThrownBy(() -> readiness.await(SERVICES, () -> lines.add("announced")))
        .isInstanceOf(PlatformException.class)
        .hasMessage("flink exited");
    assertThat(lines).doesNotContain("announced");
  }

  private ReadinessWait readiness(ReadinessWait.Wait wait) {
    return new ReadinessWait(
        threads, wait, component -> lines.add(component.label() + " is ready"));
  }
}
