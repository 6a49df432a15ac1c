package dev.millrace.ingest.producer.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.registry.InMemoryRegistry;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class EventPublisherTest {
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final EventPublisher publisher = new EventPublisher(producer, new InMemoryRegistry());

  @Test
  void countsAcknowledgedRecords() {
    publisher.send("payments", "c1", new byte[] {1});
    publisher.send("payments", null, new byte[] {2});
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
    publisher.send("payments", "c1", new byte[] {1});
    assertThat(producer.errorNext(new RecordTooLargeException("too large"))).isTrue();

    assertThatThrownBy(() -> publisher.send("payments", "c1", new byte[] {2}))
        .isInstanceOf(PublishException.class)
        .hasMessageContaining("topic payments")
        .hasMessageContaining("too large");
    assertThatThrownBy(publisher::flush).isInstanceOf(PublishException.class);
    assertThat(producer.history()).hasSize(1);
  }
}
