package dev.millrace.deploy.dataset.rows;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads the entries of a file in their order. */
final class EntryReader implements Closeable {
  private final BufferedInputStream bytes;
  private final DataInputStream in;

  EntryReader(Path file) throws IOException {
    this.bytes = new BufferedInputStream(Files.newInputStream(file), EntryWriter.BUFFER_BYTES);
    this.in = new DataInputStream(bytes);
  }

  /** The next entry; null at the end. */
  @Nullable Entry next() throws IOException {
    bytes.mark(1);
    if (bytes.read() < 0) {
      return null;
    }
    bytes.reset();
    return Entry.read(in);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
