package dev.millrace.schemas.codec;

import dev.millrace.schemas.codec.Decoded.Rejected;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Resolver;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;

/** Reads bodies of one writer schema into the reader's schema. For one thread. */
final class BodyReader {
  private final Schema writer;
  private final Schema reader;
  private @Nullable Resolved resolved;
  private @Nullable BinaryDecoder decoder;

  /**
   * @param reader the result of {@link #withJavaStrings}
   */
  BodyReader(Schema writer, Schema reader) {
    this.writer = writer;
    this.reader = reader;
  }

  /** Reads a value that starts with a whole header. */
  Decoded read(byte[] value) {
    int start = WireFormat.HEADER_BYTES;
    try {
      if (resolved == null) {
        resolved = Resolved.of(writer, reader);
      }
      int end = new AvroBodyValidator(value, start, resolved.readAsText).end(resolved.writer);
      if (end < value.length) {
        return new Rejected(
            RejectionCode.TRAILING_BYTES,
            "the record ends after %d of %d bytes".formatted(end, value.length));
      }
      decoder = DecoderFactory.get().binaryDecoder(value, start, value.length - start, decoder);
      // Avro's interfaces are not annotated; a null here makes a new record.
      @SuppressWarnings("NullAway")
      GenericRecord record = resolved.reader.read(null, decoder);
      return new Decoded.Value(record);
    } catch (IOException | AvroRuntimeException | IndexOutOfBoundsException e) {
      return new Rejected(
          RejectionCode.DECODE,
          "schema id %d: %s".formatted(WireFormat.schemaId(value), e.getMessage()));
    }
  }

  /** A copy that is read into {@link String}s; the original must not have that property. */
  static Schema withJavaStrings(Schema schema) {
    Schema copy = new Schema.Parser().parse(schema.toString());
    setJavaStrings(copy, new HashMap<>());
    return copy;
  }

  private static void setJavaStrings(Schema schema, Map<String, Schema> seen) {
    switch (schema.getType()) {
      case STRING -> GenericData.setStringType(schema, GenericData.StringType.String);
      case MAP -> {
        GenericData.setStringType(schema, GenericData.StringType.String);
        setJavaStrings(schema.getValueType(), seen);
      }
      case ARRAY -> setJavaStrings(schema.getElementType(), seen);
      case UNION -> schema.getTypes().forEach(type -> setJavaStrings(type, seen));
      case RECORD -> {
        if (seen.put(schema.getFullName(), schema) == null) {
          schema.getFields().forEach(field -> setJavaStrings(field.schema(), seen));
        }
      }
      default -> {}
    }
  }

  /**
   * The comparison of the two schemas.
   *
   * @param writer with the reader's aliases applied
   * @param readAsText see {@link BytesAsStringFields}
   */
  private record Resolved(
      Schema writer, Set<Schema> readAsText, GenericDatumReader<GenericRecord> reader) {

    static Resolved of(Schema writer, Schema reader) {
      Resolver.Action action = Resolver.resolve(writer, reader);
      return new Resolved(
          action.writer,
          BytesAsStringFields.in(action),
          new GenericDatumReader<>(writer, reader, new GenericData()));
    }
  }
}
