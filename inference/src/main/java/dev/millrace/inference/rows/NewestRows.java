package dev.millrace.inference.rows;

import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.inputs.EntityFeatures;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The newest row of each entity of a view. A row or tombstone that is written again, or late, never
 * replaces or removes a newer row.
 *
 * <p>A store's value is the time that the row is as of and its sequence (eight bytes each,
 * big-endian), then the row as it was read. So rows are compared without being decoded.
 */
public final class NewestRows {
  private static final int PREFIX_BYTES = 2 * Long.BYTES;

  /** Enough for the frequent entities of a partition, at about 1 KB per decoded row. */
  private static final int DECODED_ROWS = 1_000;

  /**
   * A store's value and its decoded row. The value changes when another thread writes the store.
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by content where it is used
  private record DecodedRow(byte[] stored, EntityRow row) {}

  private final KeyValueStore<Bytes, byte[]> store;
  private final AvroDecoder decoder;
  private final Map<Bytes, DecodedRow> decoded =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Bytes, DecodedRow> eldest) {
          return size() > DECODED_ROWS;
        }
      };

  public NewestRows(KeyValueStore<Bytes, byte[]> store, AvroDecoder decoder) {
    this.store = store;
    this.decoder = decoder;
  }

  /**
   * Keeps a row if it is the newest of its entity by (time, sequence). A row with the same time and
   * sequence replaces the stored one: its values differ after a change of the view's definition.
   *
   * @param value the row as it was read
   */
  public void offer(byte[] entity, long asOfMillis, long sequence, byte[] value) {
    Bytes key = Bytes.wrap(entity);
    byte[] old = store.get(key);
    if (old != null) {
      ByteBuffer prefix = ByteBuffer.wrap(old);
      long oldTime = prefix.getLong();
      if (oldTime > asOfMillis || (oldTime == asOfMillis && prefix.getLong() > sequence)) {
        return;
      }
    }
    store.put(
        key,
        ByteBuffer.allocate(PREFIX_BYTES + value.length)
            .putLong(asOfMillis)
            .putLong(sequence)
            .put(value)
            .array());
  }

  /**
   * Removes the row of an entity, unless it is newer than the tombstone.
   *
   * @param timeMillis of the tombstone
   */
  public void remove(byte[] entity, long timeMillis) {
    Bytes key = Bytes.wrap(entity);
    byte[] old = store.get(key);
    if (old != null && ByteBuffer.wrap(old).getLong() <= timeMillis) {
      store.delete(key);
    }
  }

  /**
   * The features of an entity for an event.
   *
   * @param timeMillis of the event
   * @return null if there is no row, or if it is as of a later time: it may contain events that the
   *     event must not know
   */
  public @Nullable EntityFeatures find(byte[] entity, long timeMillis) {
    Bytes key = Bytes.wrap(entity);
    byte[] stored = stored(key, timeMillis);
    if (stored == null) {
      return null;
    }
    DecodedRow known = decoded.get(key);
    if (known == null || !Arrays.equals(known.stored(), stored)) {
      known =
          new DecodedRow(stored, decode(Arrays.copyOfRange(stored, PREFIX_BYTES, stored.length)));
      decoded.put(key, known);
    }
    return known.row().features();
  }

  /**
   * The row of an entity for an event, as it was read.
   *
   * @param timeMillis of the event
   * @return null where {@link #find} returns null
   */
  public byte @Nullable [] findWire(byte[] entity, long timeMillis) {
    byte[] stored = stored(Bytes.wrap(entity), timeMillis);
    return stored == null ? null : Arrays.copyOfRange(stored, PREFIX_BYTES, stored.length);
  }

  private byte @Nullable [] stored(Bytes entity, long timeMillis) {
    byte[] stored = store.get(entity);
    return stored == null || ByteBuffer.wrap(stored).getLong() > timeMillis ? null : stored;
  }

  /** Decodes a row. It was decoded or encoded before it was stored, so a failure is a bug. */
  private EntityRow decode(byte[] wire) {
    if (decoder.decode(wire) instanceof Decoded.Value value) {
      return EntityRow.of(value.record());
    }
    throw new IllegalStateException(
        "A row in store %s can no longer be decoded".formatted(store.name()));
  }
}
