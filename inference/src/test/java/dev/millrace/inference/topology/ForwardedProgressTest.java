package dev.millrace.inference.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.Wait;
import dev.millrace.schemas.streams.records.ProgressPartitioner;
import dev.millrace.schemas.topics.Progress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForwardedProgressTest {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path stateDir;

  private TestDriver start() {
    return new TestDriver(
        Payments.standard(Wait.atMost(ofSeconds(1))), SumModel.CHAMPION, stateDir);
  }

  private static Progress at(Duration since) {
    return Progress.ofOne(TestDriver.at(since), false, 0);
  }

  @Test
  void progressIsAtMostTheOldestEventThatWaits() {
    try (TestDriver driver = start()) {
      driver.event("p0", "c", ofMillis(30));
      driver.event("p1", "c", ofMillis(10));
      driver.progress(at(ofMillis(50)));
      assertThat(driver.forwardedProgress()).isEqualTo(at(ofMillis(10)));
      driver.event("p2", "c", ofMillis(80));
      driver.vector("p1", "c", ofMillis(10), 1, 50);
      assertThat(driver.prediction().get("event_id")).isEqualTo("p1");
      driver.pass(ofMillis(100));
      assertThat(driver.forwardedProgress()).isEqualTo(at(ofMillis(30)));

      driver.vector("p0", "c", ofMillis(30), 0, 50);
      assertThat(driver.prediction().get("event_id")).isEqualTo("p0");
      driver.noPrediction();
      driver.pass(ofMillis(20));
      driver.noPrediction();
      driver.pass(ofMillis(79));
      driver.noPrediction();
      driver.pass(ofMillis(1));
      assertThat(driver.forwardedProgress()).isEqualTo(at(ofMillis(50)));
      driver.noPrediction();
      assertThat(driver.kept(NodeName.PENDING_EVENTS)).as("it is no event").hasSize(1);
    }
  }

  @Test
  void thePartitionIsTheSlowestOfItsArrivalPartitions() {
    try (TestDriver driver = start()) {
      driver.progress(new Progress(0, 2, 5_000, false, 0));
      driver.noPrediction();
      driver.progress(new Progress(1, 2, 3_000, false, 0));
      assertThat(driver.forwardedProgress()).isEqualTo(new Progress(0, 1, 3_000, false, 0));
      driver.pass(ofMillis(100));
      driver.progress(new Progress(0, 2, 6_000, false, 0));
      driver.noPrediction();
      driver.progress(new Progress(1, 2, 3_000, true, 0));
      assertThat(driver.forwardedProgress()).isEqualTo(new Progress(0, 1, 6_000, false, 0));
      driver.pass(ofMillis(100));
      driver.progress(new Progress(0, 2, 6_000, true, 0));
      assertThat(driver.forwardedProgress()).isEqualTo(new Progress(0, 1, 6_000, true, 0));

      driver.pass(ofSeconds(5));
      driver.progress(new Progress(0, 2, 6_000, true, 0));
      assertThat(driver.forwardedProgress()).isEqualTo(new Progress(0, 1, 6_000, true, 0));
    }
  }

  @Test
  void aPartitionWithoutEventsIsIdle() {
    try (TestDriver driver = start()) {
      driver.progress(new Progress(0, 1, Progress.NONE, true, 0));
      assertThat(driver.forwardedProgress()).isEqualTo(new Progress(0, 1, Progress.NONE, true, 0));
    }
  }

  @Test
  void onlyProgressNamesItsPartition() {
    ProgressPartitioner partitioner = new ProgressPartitioner();
    byte[] key = new Progress(0, 1, 1_000, false, 0).key(3);
    assertThat(partitioner.partitions("predictions", key, null, 4)).hasValue(Set.of(3));
    assertThat(partitioner.partitions("predictions", key, new byte[1], 4)).isEmpty();
    assertThat(partitioner.partitions("predictions", "c".getBytes(UTF_8), null, 4)).isEmpty();
  }
}
