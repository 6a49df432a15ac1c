package dev.millrace.schemas.codec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;

/** Converts decoded records to the classes that are generated from schemas. */
public final class SpecificRecords {
  private SpecificRecords() {}

  /**
   * A record as an object of its class. Avro's own copy does not convert logical types, such as a
   * timestamp to an {@link java.time.Instant}, so the record is written and read.
   *
   * @param record of the schema of the class, as {@link AvroDecoder} returns it
   */
  public static <T extends SpecificRecord> T of(GenericRecord record, Class<T> type) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    try {
      new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
      encoder.flush();
      return new SpecificDatumReader<>(type)
          .read(null, DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
