package dev.millrace.schemas.topics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class ProgressTest {
  @Test
  void readsWhatItWrites() {
    for (Progress progress :
        List.of(
            new Progress(2, 5, 1_234, false, 77),
            new Progress(0, 1, -7, true, 0),
            new Progress(4, 5, Progress.NONE, true, 0))) {
      Headers headers = new RecordHeaders();
      progress.write(headers);
      assertThat(Progress.isProgress(null, headers)).isTrue();
      assertThat(Progress.isProgress(new byte[0], headers)).isFalse();
      assertThat(Progress.read(headers)).isEqualTo(progress);
    }
  }

  /** A record that is forwarded is written over the headers of the one that was read. */
  @Test
  void replacesTheHeadersOfAnother() {
    Headers headers = new RecordHeaders();
    new Progress(1, 2, 3, true, 0).write(headers);
    new Progress(1, 2, 4, false, 0).write(headers);
    assertThat(Progress.read(headers)).isEqualTo(new Progress(1, 2, 4, false, 0));
  }

  @Test
  void doesNotReadHeadersThatAreNotValid() {
    assertThat(Progress.read(new RecordHeaders())).isNull();
    for (String name : List.of(WireHeaders.PROGRESS, WireHeaders.ARRIVAL, WireHeaders.ARRIVALS)) {
      Headers headers = new RecordHeaders();
      new Progress(1, 2, 3, false, 0).write(headers);
      WireHeaders.put(headers, name, "x");
      assertThat(Progress.read(headers)).isNull();
    }
    Headers beyond = new RecordHeaders();
    new Progress(1, 2, 3, false, 0).write(beyond);
    WireHeaders.put(beyond, WireHeaders.ARRIVAL, 2);
    assertThat(Progress.read(beyond)).isNull();
    for (long arrivals : new long[] {0, 1L << 32, Integer.MAX_VALUE}) {
      Headers headers = new RecordHeaders();
      new Progress(0, 2, 3, false, 0).write(headers);
      WireHeaders.put(headers, WireHeaders.ARRIVALS, arrivals);
      assertThat(Progress.read(headers)).isNull();
    }
  }

  @Test
  void theKeyNamesThePartition() {
    assertThat(Progress.partitionOf(new Progress(12, 20, 0, false, 0).key(345))).hasValue(345);
    assertThat(Progress.partitionOf(null)).isEmpty();
    assertThat(Progress.partitionOf("alice".getBytes(UTF_8))).isEmpty();
    assertThat(Progress.partitionOf("a/b".getBytes(UTF_8))).isEmpty();
    assertThat(Progress.partitionOf("/1".getBytes(UTF_8))).isEmpty();
  }
}
