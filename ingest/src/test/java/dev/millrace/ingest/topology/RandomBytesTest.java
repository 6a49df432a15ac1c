package dev.millrace.ingest.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.ingest.parked.ParkingDecoder;
import dev.millrace.ingest.topology.DecodingTasks.Task;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.registry.RegistryUnavailable;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random bytes that begin with 0 look like records with unknown schema ids. */
class RandomBytesTest {
  private static final int GOOD_A_SECOND = 200;
  private static final int RANDOM_A_SECOND = 100;
  private static final int TICKS_A_SECOND = 10;
  private static final int SECONDS = 900;

  private final DecodingTasks tasks = new DecodingTasks();
  private final Random random = new Random(7);
  private final byte[] good = tasks.known("p");
  private long offset;

  private byte[] randomBytes() {
    byte[] value = new byte[20];
    random.nextBytes(value);
    value[0] = 0;
    return value;
  }

  /** A tenth of a second. */
  private void readMixed(Task task) {
    for (int i = 0; i < GOOD_A_SECOND / TICKS_A_SECOND; i++) {
      task.read(offset++, good);
      if (i % (GOOD_A_SECOND / RANDOM_A_SECOND) == 0) {
        task.read(offset++, randomBytes());
      }
    }
    task.tick();
  }

  private static long decoded(Task task) {
    return task.next.records.stream()
        .filter(released -> released.decoded() instanceof Decoded.Value)
        .count();
  }

  @Test
  void aQuarterOfAnHourOfRandomBytesNeitherFillsTheStoreNorDelaysANewSchema() {
    Task task = tasks.start();
    double mostParked = 0;
    long ticksUntilTheNewSchemaIsUsed = -1;
    long decodedRecords = 0;
    for (int second = 0; second < SECONDS; second++) {
      if (second == SECONDS / 2) {
        task.read(offset++, tasks.newer("new"));
        decodedRecords--;
      }
      for (int tick = 0; tick < TICKS_A_SECOND; tick++) {
        readMixed(task);
        decodedRecords += decoded(task) - GOOD_A_SECOND / TICKS_A_SECOND;
        if (second >= SECONDS / 2 && ticksUntilTheNewSchemaIsUsed < 0 && decodedRecords == 0) {
          ticksUntilTheNewSchemaIsUsed = (long) (second - SECONDS / 2) * TICKS_A_SECOND + tick;
        }
        task.next.records.clear();
      }
      mostParked = Math.max(mostParked, Objects.requireNonNull(tasks.parked()));
    }
    assertThat(mostParked).isLessThan(ParkingDecoder.Limits.DEFAULT.records() / 100.0);
    assertThat(ticksUntilTheNewSchemaIsUsed).isBetween(0L, 3L * TICKS_A_SECOND);
  }

  /** The registry answers, so this is not an outage. */
  @Test
  void aFullStoreIsNotAnOutageWhileTheRegistryAnswers() {
    Task task = tasks.start(Map.of(), new ParkingDecoder.Limits(3, 1 << 20));
    for (int i = 0; i < 3; i++) {
      task.read(i, randomBytes());
    }
    assertThatThrownBy(() -> task.read(3, randomBytes()))
        .isNotInstanceOf(RegistryUnavailable.class)
        .hasMessageContaining("payments")
        .hasMessageContaining("3 records")
        .hasMessageContaining("registry answers");
  }

  @Test
  void anUnknownIdIsRejectedAfterThreeAnswersWhileFewIdsAreLookedUp() {
    Task task = tasks.start();
    byte[] value = ByteBuffer.allocate(20).put((byte) 0).putInt(99).array();
    task.read(0, value);
    for (int tick = 0; tick < 8; tick++) {
      task.tick();
    }
    assertThat(task.next.records).isEmpty();
    for (int tick = 0; tick < 8; tick++) {
      task.tick();
    }
    assertThat(task.next.records).hasSize(1);
  }
}
