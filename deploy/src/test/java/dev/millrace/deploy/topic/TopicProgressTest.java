package dev.millrace.deploy.topic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.WireHeaders;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TopicProgressTest {
  private static final String TOPIC = "millrace.shop.orders";

  private final TopicProgress progress =
      new TopicProgress(
          List.of(
              new TopicRange(TOPIC, 0, 10, 100),
              new TopicRange(TOPIC, 1, 0, 50),
              new TopicRange(TOPIC, 2, 7, 7)));

  @Test
  void isThatOfTheSlowestPartition() {
    progress(0, 11, 9_000);
    progress(1, 3, 5_000);
    progress(2, 0, 7_000);
    progress(1, 4, 6_000);

    assertThat(progress.timeMillis()).isEqualTo(6_000);
  }

  @Test
  void isUnknownIfAPartitionHasNone() {
    progress(0, 11, 9_000);
    progress(1, 3, 5_000);
    event(2, 8);

    assertThat(progress.timeMillis()).isEqualTo(Progress.NONE);
  }

  /** Markers of transactions at the end are no records. */
  @Test
  void rangesEndAfterTheirLastRecord() {
    event(0, 11);
    event(0, 96);
    progress(1, 48, 5_000);

    assertThat(progress.ranges())
        .containsExactly(
            new TopicRange(TOPIC, 0, 10, 97),
            new TopicRange(TOPIC, 1, 0, 49),
            new TopicRange(TOPIC, 2, 7, 7));
  }

  /** The features job waits for an arrival partition up to its last event in the range. */
  @Test
  void linesNameTheLastEventOfEachArrivalPartition() {
    event(0, 11);
    ConsumerRecord<byte[], byte[]> rekeyed = record(0, 12, new byte[] {0});
    WireHeaders.put(rekeyed.headers(), WireHeaders.ARRIVAL, 3);
    progress.add(rekeyed);
    progress.add(rekeyed);
    progress(0, 13, 5_000);
    progress(1, 48, 5_000);

    assertThat(progress.lines())
        .containsExactly(TOPIC + " 0 10 14 0:11 3:12", TOPIC + " 1 0 49", TOPIC + " 2 7 7");
  }

  private void event(int partition, long offset) {
    progress.add(record(partition, offset, new byte[] {0}));
  }

  private void progress(int partition, long offset, long timeMillis) {
    ConsumerRecord<byte[], byte[]> record = record(partition, offset, null);
    new Progress(0, 1, timeMillis, false, 0).write(record.headers());
    progress.add(record);
  }

  private static ConsumerRecord<byte[], byte[]> record(
      int partition, long offset, byte @Nullable [] value) {
    return new ConsumerRecord<>(TOPIC, partition, offset, new byte[0], value);
  }
}
