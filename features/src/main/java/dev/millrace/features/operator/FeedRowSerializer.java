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

/** Serializes rows of the online store on their way to a sink that is not chained. */
public final class FeedRowSerializer extends ImmutableSerializer<FeedRow> {
  static final FeedRowSerializer INSTANCE = new FeedRowSerializer();

  /** The type of the streams of rows. */
  public static final TypeInformation<FeedRow> TYPE = new SerializerType<>(FeedRow.class, INSTANCE);

  private static final long serialVersionUID = 1L;

  private FeedRowSerializer() {}

  @Override
  public void serialize(FeedRow row, DataOutputView out) throws IOException {
    StringValue.writeString(row.entity(), out);
    out.writeLong(row.asOfMillis());
    out.writeLong(row.sequence());
    out.writeLong(row.newestMillis());
    out.writeBoolean(row.features() != null);
    if (row.features() != null) {
      FeatureValueSerializer.write(row.features(), out);
    }
  }

  @Override
  public FeedRow deserialize(DataInputView in) throws IOException {
    return new FeedRow(
        StringValue.readString(in),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readBoolean() ? FeatureValueSerializer.read(in) : null);
  }

  @Override
  public FeedRow createInstance() {
    return new FeedRow("", 0, 0, 0, null);
  }

  @Override
  public TypeSerializerSnapshot<FeedRow> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Flink creates it by reflection. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<FeedRow> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
