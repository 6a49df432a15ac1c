package dev.millrace.drift.job;

import dev.millrace.drift.labels.DecidedEvent;
import dev.millrace.drift.labels.JoinEntry;
import dev.millrace.drift.labels.Label;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * Encodes what the join keeps of an event. A prediction is plain Avro after the fingerprint of its
 * schema, so that those of a former schema are read by the names of their fields when they are
 * needed, and a changed schema does not rewrite the state.
 */
final class EntryCodec {
  private static final byte WAITING = 0;
  private static final byte LABEL = 1;
  private static final byte DECIDED = 2;
  private static final byte DECIDED_WITHOUT_LABEL = 3;

  /** Kind and fingerprint before a prediction. */
  private static final int HEADER_BYTES = 1 + Long.BYTES;

  private final Schema schema;
  private final long fingerprint;
  private final GenericDatumWriter<GenericRecord> writer;
  private final Map<Long, Schema> schemas = new HashMap<>();
  private final Map<Long, GenericDatumReader<GenericRecord>> readers = new HashMap<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private @Nullable BinaryEncoder encoder;
  private @Nullable BinaryDecoder decoder;

  /**
   * @param schema of predictions
   */
  EntryCodec(Schema schema) {
    this.schema = schema;
    this.fingerprint = SchemaNormalization.parsingFingerprint64(schema);
    this.writer = new GenericDatumWriter<>(schema);
    add(schema);
  }

  /** Adds a schema that predictions of the state may have. */
  void add(Schema former) {
    long id = SchemaNormalization.parsingFingerprint64(former);
    schemas.putIfAbsent(id, former);
    readers.computeIfAbsent(id, unused -> new GenericDatumReader<>(former, schema));
  }

  /** All schemas that predictions of the state may have. */
  Collection<Schema> schemas() {
    return schemas.values();
  }

  /** The entry of an event id. */
  JoinEntry decode(byte[] encoded, String id) {
    ByteBuffer in = ByteBuffer.wrap(encoded);
    byte kind = in.get();
    return switch (kind) {
      case WAITING -> new JoinEntry.Waiting(prediction(encoded));
      case LABEL -> new Label(id, in.getDouble(), in.getLong());
      case DECIDED -> new DecidedEvent(in.getDouble(), in.getLong());
      case DECIDED_WITHOUT_LABEL -> new DecidedEvent(null, in.getLong());
      default -> throw new IllegalStateException("the state of event %s is unknown".formatted(id));
    };
  }

  byte[] encode(JoinEntry entry) {
    if (entry instanceof JoinEntry.Waiting waiting) {
      return encode(waiting.prediction());
    }
    if (entry instanceof Label label) {
      return ByteBuffer.allocate(1 + Double.BYTES + Long.BYTES)
          .put(LABEL)
          .putDouble(label.value())
          .putLong(label.timeMillis())
          .array();
    }
    DecidedEvent decided = (DecidedEvent) entry;
    Double label = decided.label();
    return label == null
        ? ByteBuffer.allocate(1 + Long.BYTES)
            .put(DECIDED_WITHOUT_LABEL)
            .putLong(decided.forgetMillis())
            .array()
        : ByteBuffer.allocate(1 + Double.BYTES + Long.BYTES)
            .put(DECIDED)
            .putDouble(label)
            .putLong(decided.forgetMillis())
            .array();
  }

  private byte[] encode(GenericRecord prediction) {
    try {
      bytes.reset();
      bytes.write(WAITING);
      bytes.write(ByteBuffer.allocate(Long.BYTES).putLong(fingerprint).array());
      encoder = EncoderFactory.get().directBinaryEncoder(bytes, encoder);
      writer.write(prediction, encoder);
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private GenericRecord prediction(byte[] encoded) {
    long id = ByteBuffer.wrap(encoded).getLong(1);
    GenericDatumReader<GenericRecord> reader = readers.get(id);
    if (reader == null) {
      throw new IllegalStateException(
          "the state of the label join has a prediction whose schema it does not contain (fingerprint %016x)"
              .formatted(id));
    }
    try {
      decoder =
          DecoderFactory.get()
              .binaryDecoder(encoded, HEADER_BYTES, encoded.length - HEADER_BYTES, decoder);
      return reader.read(null, decoder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
