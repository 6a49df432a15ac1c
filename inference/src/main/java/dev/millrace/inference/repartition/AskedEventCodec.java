package dev.millrace.inference.repartition;

import dev.millrace.inference.policy.WaitStart;
import dev.millrace.inference.repartition.AskedEvent.KnownRow;
import dev.millrace.inference.rows.EntityRow;
import dev.millrace.schemas.codec.Decoded;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Encodes asked events for their store: the time of asking (wall clock, epoch millis, eight bytes),
 * and of each row that is known the lookup, the feature topic and the value. A row of a lookup that
 * the pipeline no longer has, or of another version of its view, is left out when it is read.
 *
 * @param lookups by index
 * @param startedAtMillis wall clock; since then restored events wait, see {@link WaitStart}
 */
record AskedEventCodec(List<LookupRows> lookups, long startedAtMillis) {
  private static final int NO_ROW = -1;

  byte[] encode(AskedEvent event) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeLong(event.times().arrivedAtMillis());
      for (int i = 0; i < event.lookups(); i++) {
        KnownRow row = event.row(i);
        if (row != null) {
          out.writeUTF(lookups.get(i).lookup().name());
          out.writeUTF(lookups.get(i).topic());
          write(out, row.wire());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, byte @Nullable [] wire) throws IOException {
    out.writeInt(wire == null ? NO_ROW : wire.length);
    if (wire != null) {
      out.write(wire);
    }
  }

  AskedEvent decode(byte[] stored) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(stored))) {
      long askedAt = in.readLong();
      AskedEvent event =
          new AskedEvent(
              new WaitStart(askedAt, startedAtMillis), new @Nullable KnownRow[lookups.size()]);
      while (in.available() > 0) {
        int lookup = index(in.readUTF(), in.readUTF());
        int length = in.readInt();
        KnownRow row = length == NO_ROW ? KnownRow.NONE : row(lookup, in.readNBytes(length));
        if (lookup >= 0 && row != null) {
          event.answered(lookup, row);
        }
      }
      return event;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The index of a lookup; -1 if the pipeline has none of this name with rows in this topic. */
  int index(String name, String topic) {
    for (int i = 0; i < lookups.size(); i++) {
      if (lookups.get(i).lookup().name().equals(name) && lookups.get(i).topic().equals(topic)) {
        return i;
      }
    }
    return -1;
  }

  /** Decodes a row; null if it is none of the lookup. */
  @Nullable KnownRow row(int lookup, byte[] wire) {
    return lookup >= 0 && lookups.get(lookup).decoder().decode(wire) instanceof Decoded.Value value
        ? new KnownRow(wire, EntityRow.of(value.record()).features())
        : null;
  }
}
