package dev.millrace.features.source;

import dev.millrace.schemas.flink.type.ImmutableSerializer;
import dev.millrace.schemas.flink.type.SerializerType;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;
import org.jspecify.annotations.Nullable;

/**
 * Serializes events on their way to the task of their entity, several times as fast as Flink's
 * reflective serializer.
 */
public final class ViewEventSerializer extends ImmutableSerializer<ViewEvent> {
  static final ViewEventSerializer INSTANCE = new ViewEventSerializer();

  /** The type of the streams of events. */
  public static final TypeInformation<ViewEvent> TYPE =
      new SerializerType<>(ViewEvent.class, INSTANCE);

  private static final long serialVersionUID = 1L;

  private ViewEventSerializer() {}

  @Override
  public void serialize(ViewEvent event, DataOutputView out) throws IOException {
    out.writeShort(event.lookup());
    StringValue.writeString(event.entity(), out);
    out.writeLong(event.timeMillis());
    out.writeLong(event.order());
    FeatureValueSerializer.write(event.values(), out);
  }

  @Override
  public ViewEvent deserialize(DataInputView in) throws IOException {
    return new ViewEvent(
        in.readUnsignedShort(),
        StringValue.readString(in),
        in.readLong(),
        in.readLong(),
        FeatureValueSerializer.read(in));
  }

  @Override
  public ViewEvent createInstance() {
    return new ViewEvent(0, "", 0, 0, new @Nullable Object[0]);
  }

  @Override
  public TypeSerializerSnapshot<ViewEvent> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Flink creates it by reflection. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<ViewEvent> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
