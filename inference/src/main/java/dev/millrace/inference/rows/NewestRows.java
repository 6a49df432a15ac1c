package dev.millrace.inference.rows;

import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.inputs.EntityFeatures;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The newest row of each entity of a view. A row or tombstone that is written again, or late, never
 * replaces or removes a newer row. The values of the store are those of {@link StoredRow}.
 */
public final class NewestRows {
  /**
   * The row of an entity.
   *
   * @param wire as it was read
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  public record Row(byte[] wire, EntityFeatures features) {}

  private final KeyValueStore<Bytes, byte[]> store;
  private final AvroDecoder decoder;
  private final DecodedRows decoded = new DecodedRows(DecodedRows.DEFAULT_BYTES);

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
      long oldTime = StoredRow.asOfMillis(old);
      if (oldTime > asOfMillis || (oldTime == asOfMillis && StoredRow.sequence(old) > sequence)) {
        return;
      }
    }
    store.put(key, StoredRow.of(asOfMillis, sequence, value));
  }

  /**
   * Removes the row of an entity, unless it is newer than the tombstone.
   *
   * @param timeMillis of the tombstone
   */
  public void remove(byte[] entity, long timeMillis) {
    Bytes key = Bytes.wrap(entity);
    byte[] old = store.get(key);
    if (old != null && StoredRow.asOfMillis(old) <= timeMillis) {
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
    return stored == null ? null : features(key, stored);
  }

  /**
   * The row of an entity for an event, both as it was read and decoded. The thread of a replicated
   * view may replace the row between two reads of the store, so this reads it once.
   *
   * @param timeMillis of the event
   * @return null where {@link #find} returns null
   */
  public @Nullable Row read(byte[] entity, long timeMillis) {
    Bytes key = Bytes.wrap(entity);
    byte[] stored = stored(key, timeMillis);
    return stored == null ? null : new Row(StoredRow.wire(stored), features(key, stored));
  }

  private EntityFeatures features(Bytes key, byte[] stored) {
    EntityRow row = decoded.find(key, stored);
    if (row == null) {
      row = StoredRow.decode(stored, decoder, store.name());
      decoded.put(key, stored, row);
    }
    return row.features();
  }

  /**
   * The row of an entity for an event, as it was read.
   *
   * @param timeMillis of the event
   * @return null where {@link #find} returns null
   */
  public byte @Nullable [] findWire(byte[] entity, long timeMillis) {
    byte[] stored = stored(Bytes.wrap(entity), timeMillis);
    return stored == null ? null : StoredRow.wire(stored);
  }

  private byte @Nullable [] stored(Bytes entity, long timeMillis) {
    byte[] stored = store.get(entity);
    return stored == null || StoredRow.asOfMillis(stored) > timeMillis ? null : stored;
  }
}
