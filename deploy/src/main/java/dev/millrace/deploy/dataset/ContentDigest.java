package dev.millrace.deploy.dataset;

import dev.millrace.deploy.dataset.rows.Column;
import dev.millrace.deploy.dataset.rows.RowValues;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The digest of columns and rows: independent of the file format and of its library. */
final class ContentDigest {
  private final List<Column> columns;
  private final int[] positions;
  private final MessageDigest digest;
  private final DataOutputStream out;

  /**
   * @param included the columns that are digested
   */
  ContentDigest(List<Column> columns, Predicate<Column> included) throws IOException {
    this.columns = columns;
    this.positions =
        IntStream.range(0, columns.size()).filter(i -> included.test(columns.get(i))).toArray();
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    this.out =
        new DataOutputStream(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
    for (int position : positions) {
      out.writeUTF(columns.get(position).name());
      out.writeUTF(columns.get(position).type().name());
    }
  }

  /** Adds a row, with the values of all columns. */
  void add(@Nullable Object[] values) throws IOException {
    for (int position : positions) {
      RowValues.write(out, columns.get(position).type(), values[position]);
    }
  }

  /** All 64 hexadecimal digits. */
  String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
