package dev.millrace.features.skew;

import dev.millrace.schemas.flink.type.ImmutableSerializer;
import dev.millrace.schemas.flink.type.SerializerType;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Serializes samples on their way to the task that counts them. */
public final class SkewSampleSerializer extends ImmutableSerializer<SkewSample> {
  static final SkewSampleSerializer INSTANCE = new SkewSampleSerializer();

  /** The type of the streams of samples. */
  public static final TypeInformation<SkewSample> TYPE =
      new SerializerType<>(SkewSample.class, INSTANCE);

  private static final long serialVersionUID = 1L;

  private SkewSampleSerializer() {}

  @Override
  public void serialize(SkewSample sample, DataOutputView out) throws IOException {
    out.writeShort(sample.lookup());
    out.writeInt(sample.subtask());
    out.writeInt(sample.subtasks());
    out.writeLong(sample.timeMillis());
    double[] differences = sample.differences();
    out.writeShort(differences == null ? -1 : differences.length);
    if (differences != null) {
      for (double difference : differences) {
        out.writeDouble(difference);
      }
    }
  }

  @Override
  public SkewSample deserialize(DataInputView in) throws IOException {
    int lookup = in.readUnsignedShort();
    int subtask = in.readInt();
    int subtasks = in.readInt();
    long timeMillis = in.readLong();
    int length = in.readShort();
    if (length < 0) {
      return new SkewSample(lookup, subtask, subtasks, timeMillis, null);
    }
    double[] differences = new double[length];
    for (int i = 0; i < length; i++) {
      differences[i] = in.readDouble();
    }
    return new SkewSample(lookup, subtask, subtasks, timeMillis, differences);
  }

  @Override
  public SkewSample createInstance() {
    return new SkewSample(0, 0, 1, 0, null);
  }

  @Override
  public TypeSerializerSnapshot<SkewSample> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Flink creates it by reflection. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<SkewSample> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
