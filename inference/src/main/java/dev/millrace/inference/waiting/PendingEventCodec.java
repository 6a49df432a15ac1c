package dev.millrace.inference.waiting;

import dev.millrace.inference.policy.WaitStart;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Encodes pending events for their store.
 *
 * @param valueDecoder decodes an event's value again
 * @param startedAtMillis wall clock, epoch millis; since then restored events wait, see {@link
 *     WaitStart}
 */
public record PendingEventCodec(
    Function<byte[], GenericRecord> valueDecoder, long startedAtMillis) {
  byte[] encode(CleanEvent event) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 + event.value().length);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeLong(event.times().arrivedAtMillis());
      out.writeLong(event.timeMillis());
      write(out, event.key());
      write(out, event.value());
      Header[] headers = event.headers().toArray();
      out.writeInt(headers.length);
      for (Header header : headers) {
        write(out, header.key().getBytes(StandardCharsets.UTF_8));
        write(out, header.value());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  CleanEvent decode(long offset, byte[] stored) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(stored))) {
      long arrivedAt = in.readLong();
      long time = in.readLong();
      byte[] key = read(in);
      byte[] value = read(in);
      RecordHeaders headers = new RecordHeaders();
      for (int left = in.readInt(); left > 0; left--) {
        headers.add(new String(read(in), StandardCharsets.UTF_8), readNullable(in));
      }
      return new CleanEvent(
          offset,
          time,
          key,
          value,
          headers,
          valueDecoder.apply(value),
          new WaitStart(arrivedAt, startedAtMillis));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(DataOutputStream out, byte @Nullable [] bytes) throws IOException {
    out.writeInt(bytes == null ? -1 : bytes.length);
    if (bytes != null) {
      out.write(bytes);
    }
  }

  private static byte[] read(DataInputStream in) throws IOException {
    byte[] bytes = readNullable(in);
    if (bytes == null) {
      throw new IOException("a pending event without key or value");
    }
    return bytes;
  }

  private static byte @Nullable [] readNullable(DataInputStream in) throws IOException {
    int length = in.readInt();
    return length < 0 ? null : in.readNBytes(length);
  }
}
