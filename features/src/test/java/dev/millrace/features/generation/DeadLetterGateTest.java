package dev.millrace.features.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.generation.Standing.Role;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeadLetterGateTest {
  private static final TopicPartition EVENTS = new TopicPartition("events", 3);

  /** Static, since the operator is copied; null: the brokers do not answer. */
  private static @Nullable Standing standing;

  private static int questions;

  @SuppressWarnings("NullAway.Init")
  private OneInputStreamOperatorTestHarness<DeadLetterRecord, DeadLetterRecord> gate;

  private long nowMillis = 1_000;

  @BeforeEach
  void open() throws Exception {
    questions = 0;
    gate = harness();
    gate.open();
    gate.setProcessingTime(nowMillis);
  }

  @AfterEach
  void close() throws Exception {
    gate.close();
  }

  private static OneInputStreamOperatorTestHarness<DeadLetterRecord, DeadLetterRecord> harness()
      throws Exception {
    return new OneInputStreamOperatorTestHarness<>(
        new DeadLetterGate(() -> DeadLetterGateTest::ask),
        DeadLetterRecord.TYPE.createSerializer(new SerializerConfigImpl()));
  }

  private static Standing ask() {
    questions++;
    if (standing == null) {
      throw new KafkaException("no answer");
    }
    return standing;
  }

  @Test
  void theOneThatServesWritesAtOnce() throws Exception {
    standing = new Standing(Role.WRITES, Map.of());
    letter(1);
    letter(2);
    assertThat(written()).containsExactly("1", "2");
    assertThat(questions).as("asked once a second").isOne();
  }

  @Test
  void theSuccessorWritesOnlyWhatTheOtherHasNotRead() throws Exception {
    serving(2);
    letter(1);
    letter(2);
    letter(3);
    assertThat(written()).isEmpty();
    serving(3);
    second();
    standing = new Standing(Role.WRITES, Map.of());
    second();
    assertThat(written()).containsExactly("3");
    int asked = questions;
    second();
    assertThat(questions).as("asked while nothing is held").isEqualTo(asked);
  }

  @Test
  void whatIsHeldOutlivesARestart() throws Exception {
    serving(0);
    letter(7);
    OperatorSubtaskState state = gate.snapshot(1, 1);
    gate.close();
    gate = harness();
    gate.initializeState(state);
    gate.open();
    gate.setProcessingTime(nowMillis);
    standing = new Standing(Role.WRITES, Map.of());
    second();
    assertThat(written()).containsExactly("7");
  }

  @Test
  void anOutageLosesNone() throws Exception {
    standing = null;
    letter(7);
    second();
    assertThat(written()).isEmpty();
    standing = new Standing(Role.WRITES, Map.of());
    second();
    assertThat(written()).containsExactly("7");
  }

  /** Its checkpoints commit what was read, so that a successor would drop what it held. */
  @Test
  void theOneThatServesWritesDuringAnOutage() throws Exception {
    standing = new Standing(Role.WRITES, Map.of());
    letter(1);
    standing = null;
    second();
    letter(2);
    assertThat(questions).isEqualTo(2);
    assertThat(written()).containsExactly("1", "2");
  }

  @Test
  void moreThanAreHeldAreWritten() throws Exception {
    serving(0);
    for (int offset = 1; offset <= DeadLetterGate.MOST_HELD + 2; offset++) {
      letter(offset);
    }
    assertThat(written()).hasSize(2);
  }

  private static void serving(long read) {
    standing = new Standing(Role.WAITS, Map.of(EVENTS, read));
  }

  private void second() throws Exception {
    nowMillis += DeadLetterGate.VALID.toMillis();
    gate.setProcessingTime(nowMillis);
  }

  private void letter(long offset) throws Exception {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>(EVENTS.topic(), EVENTS.partition(), offset, null, new byte[] {1});
    gate.processElement(
        DeadLetterRecord.of(
            "features", record, new Decoded.Rejected(RejectionCode.BAD_MAGIC, "not Avro")),
        0);
  }

  private List<String> written() {
    return gate.extractOutputValues().stream()
        .map(letter -> letter.header("__streams.errors.offset"))
        .toList();
  }
}
