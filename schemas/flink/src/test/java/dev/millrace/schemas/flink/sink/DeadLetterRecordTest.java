package dev.millrace.schemas.flink.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.topics.WireHeaders;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class DeadLetterRecordTest {
  private static DeadLetterRecord letter() {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>("t", 1, 7, "k".getBytes(UTF_8), new byte[] {9});
    record.headers().add("twice", new byte[] {1}).add("twice", new byte[] {2}).add("none", null);
    return DeadLetterRecord.of(
        "features", record, new Decoded.Rejected(RejectionCode.DECODE, "why"));
  }

  /** Serialized without Kryo, with headers that repeat or have no value. */
  @Test
  void isSerializedUnchanged() throws Exception {
    SerializerConfigImpl config = new SerializerConfigImpl();
    config.setGenericTypes(false);
    TypeSerializer<DeadLetterRecord> serializer = DeadLetterRecord.TYPE.createSerializer(config);
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(letter(), out);
    DeadLetterRecord copy =
        serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
    assertThat(copy).usingRecursiveComparison().isEqualTo(letter());
  }

  @Test
  void writesTheHeadersOfADeadLetter() {
    ProducerRecord<byte[], byte[]> written = letter().toProducerRecord("dead");
    assertThat(written.topic()).isEqualTo("dead");
    assertThat(written.timestamp()).isNull();
    assertThat(written.headers().headers("twice")).hasSize(2);
    assertThat(WireHeaders.text(written.headers(), WireHeaders.ERROR_STAGE)).isEqualTo("features");
    assertThat(WireHeaders.text(written.headers(), WireHeaders.ERROR_CODE)).isEqualTo("DECODE");
  }
}
