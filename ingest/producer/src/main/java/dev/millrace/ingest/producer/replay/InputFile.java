package dev.millrace.ingest.producer.replay;

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
record InputFile(String source, Path path) {
  private static final int GZIP_BUFFER_BYTES = 64 * 1024;

  enum Form {
    CSV,
    JSON_LINES
  }

  /**
   * Reads {@code SOURCE=FILE}.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  static InputFile parse(String argument) {
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
   * @throws IllegalArgumentException if the suffix tells none
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
  long size() throws IOException {
    return Files.size(path);
  }

  /** The contents, uncompressed; what was read from disk for it is counted. */
  InputStream open(ByteCount count) throws IOException {
    InputStream raw = new BufferedInputStream(count.counting(Files.newInputStream(path)));
    return isGzip() ? new GZIPInputStream(raw, GZIP_BUFFER_BYTES) : raw;
  }
}
