package dev.millrace.deploy.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.deploy.process.PlatformException;
import dev.millrace.schemas.avro.DeadLetterReplay;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.registry.InMemoryRegistry;
import dev.millrace.schemas.testing.ExamplePipeline;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayerTest {
  private static final String REPLAYS = "millrace.flights.dead-letter-replays";
  private static final ReplayDecision.Send FIRST = new ReplayDecision.Send(1);

  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final byte[] value = {0, 1, 2, 3};
  private final ConsumerRecord<byte[], byte[]> letter =
      TestLetters.letter(
          "ingest",
          value,
          Map.of(
              "traceparent", "00-1",
              "ce_id", "7",
              "millrace.producer", "gate",
              "millrace.replays", "9",
              "millrace.published", "1"));
  private final DeadLetterEntry entry = DeadLetterEntry.of(letter);

  @SuppressWarnings("NullAway.Init") // JUnit calls load first.
  private Pipeline pipeline;

  @BeforeEach
  void load(@TempDir Path directory) {
    pipeline = PipelineFile.load(ExamplePipeline.FLIGHTS.writeTo(directory));
  }

  @Test
  void theRecordIsTheProducersAndTheNoteIsInTheSameTransaction() {
    MockProducer<byte[], byte[]> producer = producer(3);
    Replayer replayer = replayer(producer);
    replayer.send(letter, entry, FIRST);
    assertThat(producer.history()).isEmpty();
    assertThat(replayer.commit()).isEqualTo(1);

    assertThat(producer.commitCount()).isEqualTo(1);
    ProducerRecord<byte[], byte[]> sent = producer.history().get(0);
    assertThat(sent.topic()).isEqualTo("departures");
    assertThat(sent.partition()).isEqualTo(2);
    assertThat(sent.key()).isEqualTo("JFK".getBytes(UTF_8));
    assertThat(sent.value()).isEqualTo(value);
    assertThat(Stream.of(sent.headers().toArray()).map(Header::key))
        .containsExactlyInAnyOrder(
            "traceparent", "ce_id", "millrace.producer", "millrace.replays", "millrace.replay-of");
    assertThat(sent.headers().lastHeader("millrace.replays").value()).asString().isEqualTo("1");
    assertThat(sent.headers().lastHeader("millrace.replay-of").value())
        .asString()
        .isEqualTo("0:17");
    ProducerRecord<byte[], byte[]> note = producer.history().get(1);
    assertThat(note.topic()).isEqualTo(REPLAYS);
    assertThat(note.key()).asString().isEqualTo("0:17");
    AvroDecoder decoder = new AvroDecoder(registry, REPLAYS, DeadLetterReplay.getClassSchema());
    Replay replay = Replay.of(((Decoded.Value) decoder.decode(note.value())).record());
    assertThat(replay)
        .isEqualTo(new Replay(new Position(0, 17), "departures", 2, 55, 2, 0, 1, TestLetters.NOON));
  }

  @Test
  void aPartitionThatNoLongerExistsIsNotNamed() {
    MockProducer<byte[], byte[]> producer = producer(2);
    Replayer replayer = replayer(producer);
    replayer.send(letter, entry, FIRST);
    replayer.commit();
    assertThat(producer.history().get(0).partition()).isNull();
  }

  @Test
  void nothingIsVisibleWithoutACommit() {
    MockProducer<byte[], byte[]> producer = producer(3);
    replayer(producer).send(letter, entry, FIRST);
    producer.abortTransaction();
    assertThat(producer.history()).isEmpty();
  }

  @Test
  void aReplayThatIsEndedByAnotherSaysSo() {
    MockProducer<byte[], byte[]> producer = producer(3);
    Replayer replayer = replayer(producer);
    replayer.send(letter, entry, FIRST);
    assertThat(replayer.commit()).isEqualTo(1);
    producer.commitTransactionException = new ProducerFencedException("fenced");
    replayer.send(letter, entry, FIRST);
    assertThatThrownBy(replayer::commit)
        .isInstanceOf(PlatformException.class)
        .hasMessageContaining("1 records were published again; then another replay");
  }

  @Test
  void aFailureTellsHowManyWerePublished() {
    MockProducer<byte[], byte[]> producer = producer(3);
    Replayer replayer = replayer(producer);
    producer.commitTransactionException = new KafkaException("disk full");
    replayer.send(letter, entry, FIRST);
    assertThatThrownBy(replayer::commit)
        .hasMessageContaining("0 records were published again")
        .hasMessageContaining("disk full")
        .hasMessageContaining("run the command again");
  }

  private Replayer replayer(MockProducer<byte[], byte[]> producer) {
    return new Replayer(pipeline, producer, registry, () -> TestLetters.NOON);
  }

  private static MockProducer<byte[], byte[]> producer(int partitions) {
    Cluster cluster =
        Cluster.empty()
            .withPartitions(
                IntStream.range(0, partitions)
                    .boxed()
                    .collect(
                        Collectors.toMap(
                            p -> new TopicPartition("departures", p),
                            p -> new PartitionInfo("departures", p, null, null, null))));
    MockProducer<byte[], byte[]> producer =
        new MockProducer<>(
            cluster, true, null, new ByteArraySerializer(), new ByteArraySerializer());
    producer.initTransactions();
    return producer;
  }
}
