package dev.millrace.schemas.digest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** SHA-256 digests of bytes, texts and files. */
public final class Sha256 {
  /** 48 bits are enough to distinguish versions, and 12 digits are still readable. */
  private static final int SHORT_DIGITS = 12;

  private Sha256() {}

  /** The 32 bytes of the digest. */
  public static byte[] of(byte[] bytes) {
    return sha256().digest(bytes);
  }

  /** All 64 hexadecimal digits. */
  public static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(of(bytes));
  }

  /**
   * All 64 hexadecimal digits of a file, which is read in parts.
   *
   * @throws IOException if the file cannot be read
   */
  public static String hex(Path file) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The first 12 hexadecimal digits. */
  public static String shortHex(byte[] bytes) {
    return hex(bytes).substring(0, SHORT_DIGITS);
  }

  /** The first 12 hexadecimal digits of some texts, a zero byte after each. */
  public static String shortHex(List<String> texts) {
    StringBuilder joined = new StringBuilder();
    texts.forEach(text -> joined.append(text).append('\0'));
    return shortHex(joined.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
