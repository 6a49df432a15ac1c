package dev.millrace.inference.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.platform.Fp16Conversions;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The values that elements of the model's input tensors can hold, and how they are written. */
final class Elements {
  /** Element types for a number of the pipeline. */
  static final Set<OnnxJavaType> NUMBERS =
      EnumSet.of(
          OnnxJavaType.FLOAT,
          OnnxJavaType.DOUBLE,
          OnnxJavaType.FLOAT16,
          OnnxJavaType.INT64,
          OnnxJavaType.INT32);

  private static final char REPLACEMENT = '\uFFFD';

  private Elements() {}

  /**
   * A value as an element of a type holds it: a number rounded to the type's precision, a text
   * without the characters that do not reach the model. A value that the type cannot hold is
   * returned unchanged; {@link #write} rejects it.
   */
  static @Nullable Object held(OnnxJavaType type, @Nullable Object value) {
    if (value instanceof Double number) {
      return switch (type) {
        case FLOAT -> (double) number.floatValue();
        case FLOAT16 -> held(number);
        default -> number;
      };
    }
    if (value instanceof Long number) {
      return switch (type) {
        case FLOAT -> (long) number.floatValue();
        case FLOAT16 -> held(number.doubleValue()).longValue();
        case DOUBLE -> (long) number.doubleValue();
        default -> number;
      };
    }
    return type == OnnxJavaType.STRING && value instanceof CharSequence text ? held(text) : value;
  }

  private static Double held(Double number) {
    float half = half(number.floatValue());
    return Float.isInfinite(half) ? number : (Double) (double) half;
  }

  /**
   * ONNX Runtime's Java binding passes texts in the JNI's modified UTF-8, in which U+0000 and
   * characters beyond U+FFFF have other bytes than in the UTF-8 of every other binding: the model
   * would receive malformed text. It receives the replacement character instead.
   */
  private static String held(CharSequence text) {
    int[] given = text.codePoints().map(Elements::held).toArray();
    return new String(given, 0, given.length);
  }

  private static int held(int character) {
    boolean surrogate =
        character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
    return character == 0 || character > Character.MAX_VALUE || surrogate ? REPLACEMENT : character;
  }

  private static float half(float value) {
    return Fp16Conversions.fp16ToFloat(Fp16Conversions.floatToFp16(value));
  }

  /**
   * Writes a value into an element of any type except text.
   *
   * @param value Number or Boolean, taken as 0 or 1; null: missing, NaN where the type has it
   * @return whether the type can hold it
   */
  static boolean write(ByteBuffer buffer, OnnxJavaType type, int element, @Nullable Object value) {
    int at = element * type.size;
    switch (type) {
      case FLOAT -> buffer.putFloat(at, floating(value).floatValue());
      case DOUBLE -> buffer.putDouble(at, floating(value).doubleValue());
      case FLOAT16 -> {
        float number = floating(value).floatValue();
        buffer.putShort(at, Fp16Conversions.floatToFp16(number));
        return Float.isInfinite(number) || !Float.isInfinite(half(number));
      }
      case BOOL -> {
        buffer.put(at, (byte) (Boolean.TRUE.equals(value) ? 1 : 0));
        return value instanceof Boolean;
      }
      case INT64, INT32 -> {
        Long whole = whole(value);
        if (whole == null || (type == OnnxJavaType.INT32 && whole.intValue() != whole)) {
          return false;
        }
        if (type == OnnxJavaType.INT64) {
          buffer.putLong(at, whole);
        } else {
          buffer.putInt(at, whole.intValue());
        }
      }
      default -> throw new IllegalStateException("InputLayout accepts no tensor of " + type);
    }
    return true;
  }

  private static Number floating(@Nullable Object value) {
    if (value instanceof Number number) {
      return number;
    }
    return value instanceof Boolean flag ? (Number) (flag ? 1.0 : 0.0) : (Number) Double.NaN;
  }

  /** The whole number that a value is, or null. */
  private static @Nullable Long whole(@Nullable Object value) {
    if (value instanceof Boolean flag) {
      return flag ? 1L : 0L;
    }
    if (value instanceof Long || value instanceof Integer) {
      return ((Number) value).longValue();
    }
    // -2^63 is a double; 2^63, the first beyond the range, is one too.
    return value instanceof Double number
            && number >= -0x1p63
            && number < 0x1p63
            && number == Math.rint(number)
        ? (Long) number.longValue()
        : null;
  }
}
