package dev.millrace.features.operator;

import dev.millrace.features.source.FeatureValueSerializer;
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

/** Serializes feature rows on their way to a sink that is not chained to the operator. */
public final class FeatureRowSerializer extends ImmutableSerializer<FeatureRow> {
  static final FeatureRowSerializer INSTANCE = new FeatureRowSerializer();

  /** The type of the streams of feature rows. */
  public static final TypeInformation<FeatureRow> TYPE =
      new SerializerType<>(FeatureRow.class, INSTANCE);

  private static final long serialVersionUID = 1L;

  private FeatureRowSerializer() {}

  @Override
  public void serialize(FeatureRow row, DataOutputView out) throws IOException {
    StringValue.writeString(row.entity(), out);
    out.writeLong(row.timeMillis());
    out.writeBoolean(row.late());
    StringValue.writeString(row.eventId(), out);
    out.writeInt(row.partition());
    out.writeLong(row.offset());
    FeatureValueSerializer.write(row.features(), out);
  }

  @Override
  public FeatureRow deserialize(DataInputView in) throws IOException {
    return new FeatureRow(
        StringValue.readString(in),
        in.readLong(),
        in.readBoolean(),
        StringValue.readString(in),
        in.readInt(),
        in.readLong(),
        FeatureValueSerializer.read(in));
  }

  @Override
  public FeatureRow createInstance() {
    return new FeatureRow("", 0, false, null, 0, 0, new @Nullable Object[0]);
  }

  @Override
  public TypeSerializerSnapshot<FeatureRow> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Flink creates it by reflection. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<FeatureRow> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
