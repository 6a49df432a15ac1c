package dev.millrace.features.source;

import dev.millrace.features.source.Question.Part;
import dev.millrace.features.source.Question.Values;
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

/** Serializes questions between lookups, and those that wait in their state. */
public final class QuestionSerializer extends ImmutableSerializer<Question> {
  static final QuestionSerializer INSTANCE = new QuestionSerializer();

  /** The type of the streams of questions. */
  public static final TypeInformation<Question> TYPE =
      new SerializerType<>(Question.class, INSTANCE);

  private static final long serialVersionUID = 1L;

  private QuestionSerializer() {}

  @Override
  public void serialize(Question question, DataOutputView out) throws IOException {
    StringValue.writeString(question.eventId(), out);
    out.writeLong(question.timeMillis());
    out.writeInt(question.partition());
    out.writeLong(question.offset());
    StringValue.writeString(question.key(), out);
    out.writeBoolean(question.complete());
    out.writeShort(question.entities().length);
    for (int i = 0; i < question.entities().length; i++) {
      StringValue.writeString(question.entities()[i], out);
      Values own = question.own()[i];
      out.writeBoolean(own != null);
      if (own != null) {
        FeatureValueSerializer.write(own.slots(), out);
      }
      Part part = question.parts()[i];
      out.writeBoolean(part != null);
      if (part != null) {
        out.writeLong(part.newestMillis());
        FeatureValueSerializer.write(part.features(), out);
      }
    }
  }

  @Override
  public Question deserialize(DataInputView in) throws IOException {
    String eventId = StringValue.readString(in);
    long timeMillis = in.readLong();
    int partition = in.readInt();
    long offset = in.readLong();
    String key = StringValue.readString(in);
    boolean complete = in.readBoolean();
    int lookups = in.readShort();
    @Nullable String[] entities = new @Nullable String[lookups];
    @Nullable Values[] own = new @Nullable Values[lookups];
    @Nullable Part[] parts = new @Nullable Part[lookups];
    for (int i = 0; i < lookups; i++) {
      entities[i] = StringValue.readString(in);
      own[i] = in.readBoolean() ? new Values(FeatureValueSerializer.read(in)) : null;
      parts[i] = in.readBoolean() ? new Part(in.readLong(), FeatureValueSerializer.read(in)) : null;
    }
    return new Question(
        eventId, timeMillis, partition, offset, key, entities, own, parts, complete);
  }

  @Override
  public Question createInstance() {
    return new Question(
        "",
        0,
        0,
        0,
        "",
        new @Nullable String[0],
        new @Nullable Values[0],
        new @Nullable Part[0],
        true);
  }

  @Override
  public TypeSerializerSnapshot<Question> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Flink creates it by reflection. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<Question> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
