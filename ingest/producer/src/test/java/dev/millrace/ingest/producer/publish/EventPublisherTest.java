package dev.millrace.ingest.producer.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.registry.InMemoryRegistry;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventPublisherTest {
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final EventPublisher publisher = new EventPublisher(producer, new InMemoryRegistry());

  @Test
  void countsAcknowledgedRecords() {
    send("c1", 1);
    send(null, 2);
    assertThat(publisher.acknowledged()).isZero();

    assertThat(producer.completeNext()).isTrue();
    assertThat(publisher.acknowledged()).isEqualTo(1);
    publisher.flush();
    assertThat(publisher.acknowledged()).isEqualTo(2);
    assertThat(producer.history().get(0).key()).isEqualTo(new byte[] {'c', '1'});
    assertThat(producer.history().get(1).key()).isNull();
  }

  @Test
  void sendsNothingAfterAFailure() {
    send("c1", 1);
    assertThat(producer.errorNext(new RecordTooLargeException("too large"))).isTrue();

    assertThatThrownBy(() -> send("c1", 2))
        .isInstanceOf(PublishException.class)
        .hasMessageContaining("topic payments")
        .hasMessageContaining("too large");
    assertThatThrownBy(publisher::flush).isInstanceOf(PublishException.class);
    assertThat(producer.history()).hasSize(1);
  }

  @Test
  void theEndOfATryBlockReportsAFailureThatNoCallHasReported() {
    send("c1", 1);
    assertThat(producer.errorNext(new RecordTooLargeException("too large"))).isTrue();
    assertThatThrownBy(publisher::close)
        .isInstanceOf(PublishException.class)
        .hasMessageContaining("too large");
    assertThat(producer.closed()).isTrue();
  }

  @Test
  void aFailureIsReportedOnceByFlushAndNotAgainByClose() {
    send("c1", 1);
    assertThat(producer.errorNext(new RecordTooLargeException("too large"))).isTrue();
    assertThatThrownBy(publisher::flush).isInstanceOf(PublishException.class);
    publisher.close();
    assertThat(producer.closed()).isTrue();
  }

  @Test
  void aFailureOfTheCallItselfIsAPublishException() {
    producer.sendException = new KafkaException("producer is fenced");
    assertThatThrownBy(() -> send("c1", 1))
        .isInstanceOf(PublishException.class)
        .hasMessageContaining("producer is fenced");
  }

  private void send(@Nullable String key, int value) {
    publisher.send("payments", key, new byte[] {(byte) value}, new RecordHeaders());
  }
}
