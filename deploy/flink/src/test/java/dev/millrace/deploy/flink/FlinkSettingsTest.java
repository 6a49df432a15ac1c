package dev.millrace.deploy.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.executiongraph.failover.ExponentialDelayRestartBackoffTimeStrategy;
import org.apache.flink.runtime.executiongraph.failover.RestartBackoffTimeStrategy;
import org.apache.flink.runtime.executiongraph.failover.RestartBackoffTimeStrategyFactoryLoader;
import org.apache.flink.util.clock.ManualClock;
import org.junit.jupiter.api.Test;

class FlinkSettingsTest {
  private static final Duration OUTAGE = Duration.ofHours(3);

  /** The time until a task fails without the registry: the shortest and the longest. */
  private static final Duration AT_ONCE = Duration.ofMillis(100);

  private static final Duration AFTER_A_MINUTE = Duration.ofMinutes(1);

  private final ManualClock clock = new ManualClock();

  @Test
  void anOutageOfHoursEndsNoJob() throws ReflectiveOperationException {
    for (Duration untilFailure : new Duration[] {AT_ONCE, AFTER_A_MINUTE}) {
      RestartBackoffTimeStrategy strategy = strategy();
      long start = clock.relativeTimeMillis();
      int failures = 0;
      long longestPause = 0;
      while (clock.relativeTimeMillis() - start < OUTAGE.toMillis()) {
        strategy.notifyFailure(new IllegalStateException("no answer from the registry"));
        failures++;
        assertThat(strategy.canRestart()).as("may restart after failure %d", failures).isTrue();
        longestPause = Math.max(longestPause, strategy.getBackoffTime());
        clock.advanceTime(Duration.ofMillis(strategy.getBackoffTime()).plus(untilFailure));
      }
      assertThat(failures).isGreaterThan(100);
      assertThat(longestPause).as("longest pause, jitter included").isBetween(8_000L, 12_000L);
    }
  }

  /** The configuration of the job takes precedence over that of the cluster. */
  private RestartBackoffTimeStrategy strategy() throws ReflectiveOperationException {
    RestartBackoffTimeStrategy strategy =
        RestartBackoffTimeStrategyFactoryLoader.createRestartBackoffTimeStrategyFactory(
                FlinkSettings.job(1, 1), new Configuration(), true)
            .create();
    var field = ExponentialDelayRestartBackoffTimeStrategy.class.getDeclaredField("clock");
    field.setAccessible(true);
    field.set(strategy, clock);
    return strategy;
  }
}
