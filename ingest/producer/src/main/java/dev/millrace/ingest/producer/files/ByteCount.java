package dev.millrace.ingest.producer.files;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The number of bytes read from all files together. Not thread-safe. */
public final class ByteCount {
  private long bytes;

  /** Creates a count of 0. */
  public ByteCount() {}

  public long bytes() {
    return bytes;
  }

  /** A stream whose bytes are counted as they are read. */
  InputStream counting(InputStream of) {
    return new FilterInputStream(of) {
      @Override
      public int read() throws IOException {
        int read = super.read();
        bytes += read >= 0 ? 1 : 0;
        return read;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        int read = super.read(into, offset, length);
        bytes += Math.max(0, read);
        return read;
      }
    };
  }
}
