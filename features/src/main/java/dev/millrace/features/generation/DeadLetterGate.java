package dev.millrace.features.generation;

import static dev.millrace.schemas.topics.WireHeaders.STREAMS_ERROR_PREFIX;

import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import dev.millrace.schemas.flink.source.RegistryFactory;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.RegistryUnavailable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Passes dead letters on if the generation of the job serves. While another one does, whose job
 * reads the same records, they are held until that job has passed the record, and so has written
 * its dead letter, or until this generation serves.
 *
 * <p>None is lost, but some may be written twice: those of records that the other job has read
 * since its last checkpoint before the change, as after a restart; and those beyond {@link
 * #MOST_HELD}.
 *
 * <p>Kafka is asked only when there are dead letters, at most once a second.
 */
@SuppressWarnings("NullAway.Init") // Flink initializes an operator before it calls anything else
public final class DeadLetterGate extends AbstractStreamOperator<DeadLetterRecord>
    implements OneInputStreamOperator<DeadLetterRecord, DeadLetterRecord> {
  /** The time for which an answer is used: short beside the checkpoints of the other job. */
  static final Duration VALID = Duration.ofSeconds(1);

  /** Dead letters that a task holds, of some kilobytes each. */
  static final int MOST_HELD = 10_000;

  private static final long serialVersionUID = 1L;
  private static final ListStateDescriptor<DeadLetterRecord> HELD =
      new ListStateDescriptor<>("held", DeadLetterRecord.TYPE);

  private final Standings.Factory factory;
  private transient Standings standings;
  private transient Standing standing;
  private transient long askedAtMillis;
  private transient ListState<DeadLetterRecord> stored;
  private transient List<DeadLetterRecord> held;

  DeadLetterGate(Standings.Factory factory) {
    this.factory = factory;
  }

  /**
   * The operator for the dead letters of a source.
   *
   * @param clientSettings of Kafka clients, including the bootstrap servers
   */
  public static DeadLetterGate of(
      Pipeline pipeline, String source, Properties clientSettings, RegistryFactory registry) {
    return new DeadLetterGate(Standings.kafka(pipeline, source, clientSettings, registry));
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    stored = context.getOperatorStateStore().getListState(HELD);
    held = new ArrayList<>();
    stored.get().forEach(held::add);
  }

  @Override
  public void open() throws Exception {
    super.open();
    standings = factory.create();
    standing = Standing.UNKNOWN;
    askedAtMillis = Long.MIN_VALUE;
    if (!held.isEmpty()) {
      askLater();
    }
  }

  @Override
  public void processElement(StreamRecord<DeadLetterRecord> element) throws Exception {
    if (askedAtMillis == Long.MIN_VALUE || nowMillis() - askedAtMillis >= VALID.toMillis()) {
      ask();
    }
    boolean waits = !held.isEmpty();
    take(element.getValue());
    if (!waits && !held.isEmpty()) {
      askLater();
    }
  }

  private void askLater() {
    var unused =
        getProcessingTimeService()
            .registerTimer(nowMillis() + VALID.toMillis(), timestamp -> askAgain());
  }

  private void askAgain() throws InterruptedException {
    ask();
    List<DeadLetterRecord> before = held;
    held = new ArrayList<>();
    before.forEach(this::take);
    if (!held.isEmpty()) {
      askLater();
    }
  }

  private void take(DeadLetterRecord letter) {
    TopicPartition partition =
        new TopicPartition(
            letter.header(STREAMS_ERROR_PREFIX + "topic"),
            Integer.parseInt(letter.header(STREAMS_ERROR_PREFIX + "partition")));
    long offset = Long.parseLong(letter.header(STREAMS_ERROR_PREFIX + "offset"));
    switch (standing.of(partition, offset)) {
      case WRITE -> output.collect(new StreamRecord<>(letter));
      case HOLD -> {
        if (held.size() < MOST_HELD) {
          held.add(letter);
        } else {
          output.collect(new StreamRecord<>(letter));
        }
      }
      case DROP -> {}
    }
  }

  private void ask() throws InterruptedException {
    try {
      standing = standings.now();
    } catch (KafkaException | RegistryUnavailable e) {
      LOG.warn("It is unknown which generation serves: {}", e.getMessage());
      // One that served writes: after its checkpoint, no other generation would.
      standing = standing.role() == Standing.Role.WRITES ? standing : Standing.UNKNOWN;
    }
    askedAtMillis = nowMillis();
  }

  private long nowMillis() {
    return getProcessingTimeService().getCurrentProcessingTime();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    stored.update(held);
  }
}
