package dev.millrace.deploy.dataset.rows;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes entries to a file. */
final class EntryWriter implements Closeable {
  /** Small, since one file of each bucket is open at a time. */
  static final int BUFFER_BYTES = 16 * 1024;

  private final DataOutputStream out;

  EntryWriter(Path file) throws IOException {
    this.out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES));
  }

  void write(Entry entry) throws IOException {
    entry.write(out);
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
