package dev.millrace.schemas.codec;

import dev.millrace.schemas.registry.Registry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;

/** Writes records of one schema in the Confluent wire format. For one thread. */
public final class AvroEncoder {
  private final byte[] header;
  private final DatumWriter<IndexedRecord> writer;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
  private final BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);

  /**
   * @param schemaId id of {@code schema} in the registry
   */
  @SuppressWarnings("unchecked")
  public AvroEncoder(int schemaId, Schema schema) {
    this.header =
        ByteBuffer.allocate(WireFormat.HEADER_BYTES).put(WireFormat.MAGIC).putInt(schemaId).array();
    this.writer = SpecificData.get().createDatumWriter(schema);
  }

  /** Registers the schema under the topic's subject and returns an encoder for it. */
  public static AvroEncoder forTopic(Registry registry, String topic, Schema schema) {
    return new AvroEncoder(registry.register(WireFormat.subject(topic), schema), schema);
  }

  /**
   * The record's bytes, including the header.
   *
   * @throws org.apache.avro.AvroRuntimeException if the record is not of this encoder's schema
   */
  public byte[] encode(IndexedRecord record) {
    bytes.reset();
    bytes.write(header, 0, header.length);
    try {
      writer.write(record, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
