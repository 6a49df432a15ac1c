package dev.millrace.drift.job;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.formats.avro.typeutils.AvroSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a record of another schema by the names of its fields, as Avro's schema resolution does.
 * Flink migrates state by writing the records of the former schema, and its own serializer writes
 * them by position: fields of the same type that have changed places would be swapped
 * (AvroSerializer of flink-avro 2.2.1). What it writes is what that serializer writes.
 */
final class NamedRecordSerializer extends AvroSerializer<GenericRecord> {
  private static final long serialVersionUID = 1L;

  private final Schema schema;

  /** The schema of the last record that was equal, since comparing two takes long. */
  private transient @Nullable Schema equal;

  NamedRecordSerializer(Schema schema) {
    super(GenericRecord.class, schema);
    this.schema = schema;
  }

  @Override
  public void serialize(GenericRecord record, DataOutputView target) throws IOException {
    super.serialize(hasSchema(record) ? record : named(record), target);
  }

  @SuppressWarnings("ReferenceEquality") // equals is the slow path
  private boolean hasSchema(GenericRecord record) {
    if (record.getSchema() == equal) {
      return true;
    }
    boolean isEqual = record.getSchema().equals(schema);
    if (isEqual) {
      equal = record.getSchema();
    }
    return isEqual;
  }

  private GenericRecord named(GenericRecord record) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
    encoder.flush();
    return new GenericDatumReader<GenericRecord>(record.getSchema(), schema)
        .read(null, DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null));
  }

  @Override
  public TypeSerializer<GenericRecord> duplicate() {
    return new NamedRecordSerializer(schema);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NamedRecordSerializer that && that.schema.equals(schema);
  }

  @Override
  public int hashCode() {
    return schema.hashCode();
  }
}
