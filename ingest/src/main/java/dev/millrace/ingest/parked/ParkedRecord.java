package dev.millrace.ingest.parked;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.streams.records.RecordPosition;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * A record whose schema is not known yet, with everything needed to process it later.
 *
 * @param clockMillis the event clock by which it will be judged: that of its partition when it was
 *     read; 0 if it is not judged by one
 */
record ParkedRecord(Record<byte[], byte[]> record, RecordPosition position, long clockMillis) {
  private static final byte FORMAT = 1;
  private static final int NULL = -1;

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeUTF(position.topic());
      out.writeInt(position.partition());
      out.writeLong(position.offset());
      out.writeLong(clockMillis);
      out.writeLong(record.timestamp());
      write(out, record.key());
      write(out, record.value());
      Header[] headers = record.headers().toArray();
      out.writeInt(headers.length);
      for (Header header : headers) {
        write(out, header.key().getBytes(UTF_8));
        write(out, header.value());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  static ParkedRecord fromBytes(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      byte format = in.readByte();
      if (format != FORMAT) {
        throw new IllegalStateException(
            "a parked record has format %d, expected %d: it was written by a newer version"
                .formatted(format, FORMAT));
      }
      RecordPosition position = new RecordPosition(in.readUTF(), in.readInt(), in.readLong());
      long clockMillis = in.readLong();
      long timestamp = in.readLong();
      byte[] key = read(in);
      byte[] value = read(in);
      Headers headers = new RecordHeaders();
      for (int count = in.readInt(); count > 0; count--) {
        byte[] name = read(in);
        headers.add(text(name), read(in));
      }
      return new ParkedRecord(record(key, value, timestamp, headers), position, clockMillis);
    } catch (IOException e) {
      throw new IllegalStateException("a parked record cannot be read", e);
    }
  }

  private static String text(byte @Nullable [] name) {
    return name == null ? "" : new String(name, UTF_8);
  }

  @SuppressWarnings("NullAway") // Kafka accepts a null key, but is not annotated.
  private static Record<byte[], byte[]> record(
      byte @Nullable [] key, byte @Nullable [] value, long timestamp, Headers headers) {
    return new Record<>(key, value, timestamp, headers);
  }

  private static void write(DataOutputStream out, byte @Nullable [] bytes) throws IOException {
    if (bytes == null) {
      out.writeInt(NULL);
    } else {
      out.writeInt(bytes.length);
      out.write(bytes);
    }
  }

  private static byte @Nullable [] read(DataInputStream in) throws IOException {
    int length = in.readInt();
    return length == NULL ? null : in.readNBytes(length);
  }
}
