package dev.millrace.schemas.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.codec.Decoded.Rejected;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/** Records for the tests of the decoder, and assertions about its results. */
final class PaymentRecords {
  static final String TOPIC = "payments";
  static final Schema SCHEMA =
      schema(
          """
          {"type":"record","name":"Payment","fields":[
            {"name":"id","type":"string"},
            {"name":"amount","type":"double"},
            {"name":"tags","type":{"type":"array","items":"string"},"default":[]},
            {"name":"channel","type":{"type":"enum","name":"Channel","symbols":["WEB","SHOP"],"default":"SHOP"},"default":"SHOP"}]}
          """);

  private PaymentRecords() {}

  static GenericRecord payment(String id, double amount) {
    GenericRecord record = new GenericData.Record(SCHEMA);
    record.put("id", id);
    record.put("amount", amount);
    record.put("tags", List.of("a", "b"));
    record.put("channel", new GenericData.EnumSymbol(SCHEMA.getField("channel").schema(), "WEB"));
    return record;
  }

  static byte[] header(int id) {
    return ByteBuffer.allocate(5).put((byte) 0).putInt(id).array();
  }

  static Schema schema(String json) {
    return new Schema.Parser().parse(json);
  }

  static RejectionCode code(Decoded decoded) {
    assertThat(decoded).isInstanceOf(Rejected.class);
    assertThat(((Rejected) decoded).detail()).isNotBlank();
    return ((Rejected) decoded).code();
  }

  static GenericRecord record(Decoded decoded) {
    assertThat(decoded).isInstanceOf(Decoded.Value.class);
    return ((Decoded.Value) decoded).record();
  }
}
