package dev.millrace.features.source;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;
import org.jspecify.annotations.Nullable;

/** Serializes the values of features and of their inputs: null or one of four types. */
public final class FeatureValueSerializer {
  private static final byte NULL = 0;
  private static final byte LONG = 1;
  private static final byte DOUBLE = 2;
  private static final byte STRING = 3;
  private static final byte FALSE = 4;
  private static final byte TRUE = 5;

  private FeatureValueSerializer() {}

  public static void write(@Nullable Object[] values, DataOutputView out) throws IOException {
    out.writeShort(values.length);
    for (Object value : values) {
      write(value, out);
    }
  }

  private static void write(@Nullable Object value, DataOutputView out) throws IOException {
    if (value == null) {
      out.writeByte(NULL);
    } else if (value instanceof Double number) {
      out.writeByte(DOUBLE);
      out.writeDouble(number);
    } else if (value instanceof Long number) {
      out.writeByte(LONG);
      out.writeLong(number);
    } else if (value instanceof Boolean flag) {
      out.writeByte(flag ? TRUE : FALSE);
    } else if (value instanceof String text) {
      out.writeByte(STRING);
      StringValue.writeString(text, out);
    } else {
      throw new IllegalArgumentException(
          "a feature's value must be Long, Double, String or Boolean, not " + value.getClass());
    }
  }

  /** Reads what {@link #write} wrote. */
  public static @Nullable Object[] read(DataInputView in) throws IOException {
    @Nullable Object[] values = new @Nullable Object[in.readShort()];
    for (int i = 0; i < values.length; i++) {
      values[i] = readOne(in);
    }
    return values;
  }

  private static @Nullable Object readOne(DataInputView in) throws IOException {
    byte tag = in.readByte();
    return switch (tag) {
      case NULL -> null;
      case LONG -> in.readLong();
      case DOUBLE -> in.readDouble();
      case STRING -> StringValue.readString(in);
      case FALSE -> false;
      case TRUE -> true;
      default -> throw new IOException("unknown tag of a feature's value: " + tag);
    };
  }
}
