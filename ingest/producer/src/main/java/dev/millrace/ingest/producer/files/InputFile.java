package dev.millrace.ingest.producer.files;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * A file and the source whose events it holds.
 *
 * @param source name of a source of the pipeline
 * @param path ends in {@code .csv}, {@code .jsonl} or {@code .ndjson}, optionally followed by
 *     {@code .gz}
 */
public record InputFile(String source, Path path) {
  private static final int GZIP_BUFFER_BYTES = 64 * 1024;

  enum Form {
    CSV,
    JSON_LINES
  }

  /**
   * Parses {@code SOURCE=FILE}.
   *
   * @throws IllegalArgumentException if the argument has another form, or the file cannot be read
   */
  public static InputFile parse(String argument) {
    int equals = argument.indexOf('=');
    if (equals < 1 || equals == argument.length() - 1) {
      throw new IllegalArgumentException(
          "'%s' is not SOURCE=FILE, such as departures=departures.csv.gz".formatted(argument));
    }
    InputFile file =
        new InputFile(argument.substring(0, equals), Path.of(argument.substring(equals + 1)));
    file.form();
    if (!Files.isReadable(file.path())) {
      throw new IllegalArgumentException("cannot read %s: no such file".formatted(file.path()));
    }
    return file;
  }

  /**
   * The form of the file.
   *
   * @throws IllegalArgumentException if the suffix is unknown
   */
  Form form() {
    String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
    String plain = isGzip() ? name.substring(0, name.length() - ".gz".length()) : name;
    if (plain.endsWith(".csv")) {
      return Form.CSV;
    }
    if (plain.endsWith(".jsonl") || plain.endsWith(".ndjson")) {
      return Form.JSON_LINES;
    }
    throw new IllegalArgumentException(
        "%s is neither .csv nor .jsonl nor .ndjson, plain or with .gz".formatted(path));
  }

  private boolean isGzip() {
    return path.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".gz");
  }

  /** Size on disk in bytes. */
  public long size() throws IOException {
    return Files.size(path);
  }

  /** The contents, uncompressed; the bytes read from disk are counted. */
  InputStream open(ByteCount count) throws IOException {
    InputStream raw = new BufferedInputStream(count.counting(Files.newInputStream(path)));
    return isGzip() ? new GZIPInputStream(raw, GZIP_BUFFER_BYTES) : raw;
  }
}
