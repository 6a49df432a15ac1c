package dev.millrace.deploy.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.deploy.dataset.rows.Column;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** The digest of columns and rows: independent of the file format and of its library. */
final class ContentDigest {
  private final MessageDigest digest;

  ContentDigest(List<Column> columns) {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    for (Column column : columns) {
      digest.update("%s\0%s\0".formatted(column.name(), column.type()).getBytes(UTF_8));
    }
  }

  /** Adds a row; its bytes are self-delimiting. */
  void add(byte[] values) {
    digest.update(values);
  }

  /** All 64 hexadecimal digits. */
  String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
