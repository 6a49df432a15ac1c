package dev.millrace.schemas.wire;

import dev.millrace.schemas.wire.Decoded.Rejected;
import dev.millrace.schemas.wire.Registry.Lookup;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * Reads values of one topic in the Confluent wire format. Malformed data is a {@link Rejected}
 * value; an unreachable registry is a {@link RegistryUnavailable}, for the caller to wait. For one
 * thread.
 */
public final class AvroDecoder {
  /**
   * How often an id that the registry does not know is asked for before it is called unknown: a
   * replicated registry may answer 404 for a moment after a producer has registered.
   */
  private static final int UNKNOWN_ID_TRIES = 3;

  private static final long UNKNOWN_ID_PAUSE_MILLIS = 100;

  /**
   * How long an answer is believed that may change, since an unknown id may be registered later and
   * an id may join our subject. Without it, a producer of garbage ids would slow everyone down to a
   * few records a second.
   */
  private static final long BELIEVED_NANOS = Duration.ofSeconds(2).toNanos();

  /** Bounds what a stream of garbage ids can make us remember. */
  private static final int REMEMBERED_IDS = 1_000;

  private final Registry registry;
  private final LongSupplier nanoTime;
  private final String subject;
  private final Schema reader;
  private final Map<Integer, Writer> writers = new HashMap<>();
  private @Nullable BinaryDecoder decoder;

  /**
   * @param topic whose subject the schema ids must belong to
   * @param reader the schema that records are read into; a newer or older compatible writer schema
   *     is resolved to it
   */
  public AvroDecoder(Registry registry, String topic, Schema reader) {
    this(registry, topic, reader, System::nanoTime);
  }

  /** For tests, which do not wait. */
  AvroDecoder(Registry registry, String topic, Schema reader, LongSupplier nanoTime) {
    this.registry = registry;
    this.nanoTime = nanoTime;
    this.subject = WireFormat.subject(topic);
    // Parsed anew, since the string type is a property that would show in the caller's schema.
    this.reader = withJavaStrings(reader);
  }

  /**
   * Reads one value.
   *
   * @throws RegistryUnavailable if an id has to be looked up and the registry does not answer
   */
  public Decoded decode(byte @Nullable [] value) {
    if (value == null) {
      return new Rejected(Rejection.NULL_VALUE, "the record has no value");
    }
    if (value.length < WireFormat.HEADER_BYTES) {
      return new Rejected(
          Rejection.TRUNCATED_HEADER,
          "%d bytes, but the header alone has %d: send a zero byte, the schema id in four bytes, then the Avro body"
              .formatted(value.length, WireFormat.HEADER_BYTES));
    }
    if (value[0] != WireFormat.MAGIC) {
      return new Rejected(
          Rejection.BAD_MAGIC,
          "the value starts with %s instead of 00: the producer does not use a Schema Registry serializer"
              .formatted(HexFormat.of().formatHex(Arrays.copyOf(value, WireFormat.HEADER_BYTES))));
    }
    Writer writer = writer(WireFormat.schemaId(value));
    return writer instanceof Known readable ? read(readable, value) : ((Unusable) writer).reason;
  }

  private Decoded read(Known writer, byte[] value) {
    int body = value.length - WireFormat.HEADER_BYTES;
    try {
      int end = BodyCheck.end(writer.schema, value, WireFormat.HEADER_BYTES);
      if (end < value.length) {
        return new Rejected(
            Rejection.TRAILING_BYTES,
            "the record ends after %d of %d bytes".formatted(end, value.length));
      }
      decoder = DecoderFactory.get().binaryDecoder(value, WireFormat.HEADER_BYTES, body, decoder);
      // Avro's interfaces are not annotated; a null here makes a new record.
      @SuppressWarnings("NullAway")
      GenericRecord record = writer.reader.read(null, decoder);
      return new Decoded.Value(record);
    } catch (IOException | AvroRuntimeException | IndexOutOfBoundsException e) {
      return new Rejected(
          Rejection.DECODE,
          "schema id %d: %s".formatted(WireFormat.schemaId(value), e.getMessage()));
    }
  }

  private Writer writer(int id) {
    Writer known = writers.get(id);
    if (known != null && !(known instanceof Unusable unusable && isStale(unusable))) {
      return known;
    }
    Writer writer = lookUp(id);
    if (writers.size() >= REMEMBERED_IDS) {
      writers.clear();
    }
    writers.put(id, writer);
    return writer;
  }

  private boolean isStale(Unusable writer) {
    return writer.mayChange && nanoTime.getAsLong() - writer.sinceNanos > BELIEVED_NANOS;
  }

  private Unusable unusable(Rejection code, String detail, boolean mayChange) {
    return new Unusable(new Rejected(code, detail), mayChange, nanoTime.getAsLong());
  }

  private Writer lookUp(int id) {
    for (int tries = 1; ; tries++) {
      if (registry.lookup(id) instanceof Lookup.Found found) {
        return writer(id, found);
      }
      if (tries == UNKNOWN_ID_TRIES) {
        return unusable(
            Rejection.SCHEMA_UNKNOWN,
            "the registry does not know schema id %d; asked %d times".formatted(id, tries),
            true);
      }
      try {
        Thread.sleep(UNKNOWN_ID_PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new RegistryUnavailable("Interrupted while looking up schema id " + id, e);
      }
    }
  }

  private Writer writer(int id, Lookup.Found found) {
    if (!found.type().equals("AVRO")) {
      return unusable(
          Rejection.WRONG_FORMAT,
          "schema id %d is %s, expected AVRO".formatted(id, found.type()),
          false);
    }
    if (!found.subjects().contains(subject)) {
      return unusable(
          Rejection.SUBJECT_MISMATCH,
          "schema id %d belongs to %s, expected %s: register the schema under that subject"
              .formatted(id, found.subjects(), subject),
          true);
    }
    try {
      Schema schema = new Schema.Parser().parse(found.schema());
      return new Known(schema, new GenericDatumReader<>(schema, reader, new GenericData()));
    } catch (SchemaParseException e) {
      return unusable(
          Rejection.DECODE, "schema id %d does not parse: %s".formatted(id, e.getMessage()), false);
    }
  }

  private static Schema withJavaStrings(Schema schema) {
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

  private sealed interface Writer {}

  private record Known(Schema schema, GenericDatumReader<GenericRecord> reader) implements Writer {}

  /**
   * @param mayChange whether the registry may answer otherwise later
   * @param sinceNanos when it answered
   */
  private record Unusable(Rejected reason, boolean mayChange, long sinceNanos) implements Writer {}
}
