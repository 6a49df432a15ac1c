package dev.millrace.features;

import dev.millrace.schemas.deadletter.DeadLetter;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Carries what a source has read to operators that are not chained to it. Never writes state. */
final class IncomingSerializer extends TypeSerializerSingleton<Incoming> {
  static final IncomingSerializer INSTANCE = new IncomingSerializer();
  static final TypeInformation<Incoming> TYPE = new DirectType<>(Incoming.class, INSTANCE);

  private static final long serialVersionUID = 1L;
  private static final byte EVENT = 0;
  private static final byte UNREADABLE = 1;
  private static final int NULL = -1;

  @Override
  public void serialize(Incoming record, DataOutputView out) throws IOException {
    if (record instanceof ViewEvent event) {
      out.writeByte(EVENT);
      ViewEventSerializer.INSTANCE.serialize(event, out);
    } else if (record instanceof Unreadable unreadable) {
      out.writeByte(UNREADABLE);
      DeadLetter letter = unreadable.letter();
      out.writeLong(unreadable.timestamp());
      write(letter.key(), out);
      write(letter.value(), out);
      Header[] headers = letter.headers().toArray();
      out.writeInt(headers.length);
      for (Header header : headers) {
        out.writeUTF(header.key());
        write(header.value(), out);
      }
    }
  }

  private static void write(byte @Nullable [] bytes, DataOutputView out) throws IOException {
    out.writeInt(bytes == null ? NULL : bytes.length);
    if (bytes != null) {
      out.write(bytes);
    }
  }

  @Override
  public Incoming deserialize(DataInputView in) throws IOException {
    if (in.readByte() == EVENT) {
      return ViewEventSerializer.INSTANCE.deserialize(in);
    }
    long timestamp = in.readLong();
    byte[] key = read(in);
    byte[] value = read(in);
    Headers headers = new RecordHeaders();
    for (int i = in.readInt(); i > 0; i--) {
      headers.add(in.readUTF(), read(in));
    }
    return new Unreadable(new DeadLetter(key, value, headers), timestamp);
  }

  private static byte @Nullable [] read(DataInputView in) throws IOException {
    int length = in.readInt();
    if (length == NULL) {
      return null;
    }
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return bytes;
  }

  @Override
  public boolean isImmutableType() {
    return true; // nothing writes to a record after the source has made it
  }

  @Override
  public Incoming createInstance() {
    return ViewEventSerializer.INSTANCE.createInstance();
  }

  @Override
  public Incoming copy(Incoming from) {
    return from;
  }

  @Override
  public Incoming copy(Incoming from, Incoming reuse) {
    return from;
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public Incoming deserialize(Incoming reuse, DataInputView in) throws IOException {
    return deserialize(in);
  }

  @Override
  public void copy(DataInputView in, DataOutputView out) throws IOException {
    serialize(deserialize(in), out);
  }

  @Override
  public TypeSerializerSnapshot<Incoming> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Flink makes one by reflection. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<Incoming> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
