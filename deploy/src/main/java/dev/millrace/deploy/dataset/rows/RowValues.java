package dev.millrace.deploy.dataset.rows;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The values of a row as bytes, the same for equal values: for each column 0 for null, or 1 and the
 * value. Numbers are big-endian, all NaN are one value, a text is its length and UTF-8.
 */
public final class RowValues {
  private RowValues() {}

  /** Writes a value. */
  public static void write(DataOutput out, ColumnType type, @Nullable Object value)
      throws IOException {
    out.writeBoolean(value != null);
    if (value == null) {
      return;
    }
    switch (type) {
      case DOUBLE -> out.writeDouble((Double) value);
      case LONG, TIMESTAMP -> out.writeLong((Long) value);
      case BOOLEAN -> out.writeBoolean((Boolean) value);
      case STRING -> writeText(out, (String) value);
    }
  }

  /** Reads the values of all columns; a value is of its column's Java type, or null. */
  public static @Nullable Object[] read(byte[] bytes, List<Column> columns) {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    @Nullable Object[] values = new @Nullable Object[columns.size()];
    try {
      for (int i = 0; i < values.length; i++) {
        values[i] = in.readBoolean() ? value(in, columns.get(i).type()) : null;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the bytes of a row do not fit its columns", e);
    }
    return values;
  }

  private static Object value(DataInput in, ColumnType type) throws IOException {
    return switch (type) {
      case DOUBLE -> in.readDouble();
      case LONG, TIMESTAMP -> in.readLong();
      case BOOLEAN -> in.readBoolean();
      case STRING -> readText(in);
    };
  }

  /** {@link DataOutput#writeUTF} is limited to 65535 bytes. */
  static void writeText(DataOutput out, String text) throws IOException {
    writeBytes(out, text.getBytes(UTF_8));
  }

  static String readText(DataInput in) throws IOException {
    return new String(readBytes(in), UTF_8);
  }

  static void writeBytes(DataOutput out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  static byte[] readBytes(DataInput in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return bytes;
  }
}
