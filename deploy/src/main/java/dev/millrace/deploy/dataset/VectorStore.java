package dev.millrace.deploy.dataset;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * Vectors by the position of their event, in files. They are added in any order, and found in the
 * order of the events: by partition and offset. The memory is that of one range of offsets.
 */
final class VectorStore implements Closeable {
  /** The files of all ranges are open at a time; common limits are 1024 files of a process. */
  private static final long MAX_FILES = 200;

  /** With vectors of 500 bytes, 25 MB of memory. */
  private static final long OFFSETS_PER_FILE = 50_000;

  private static final int BUFFER_BYTES = 16 * 1024;

  private final Path directory;
  private final Schema schema;
  private final long offsetsPerFile;
  private final Map<String, DataOutputStream> files = new HashMap<>();
  private String loaded = "";
  private Map<Long, byte[]> vectors = Map.of();

  /**
   * @param directory for the files
   * @param schema of vectors
   * @param offsets the number of offsets of all partitions
   */
  VectorStore(Path directory, Schema schema, long offsets) {
    this.directory = directory;
    this.schema = schema;
    this.offsetsPerFile = Math.max(OFFSETS_PER_FILE, offsets / MAX_FILES);
  }

  /** Adds a vector. */
  void add(GenericRecord vector) throws IOException {
    GenericRecord event = (GenericRecord) vector.get("event");
    long offset = (Long) event.get("offset");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(schema).write(vector, encoder);
    DataOutputStream out = file(name((Integer) event.get("partition"), offset));
    out.writeLong(offset);
    out.writeInt(bytes.size());
    bytes.writeTo(out);
  }

  private DataOutputStream file(String name) throws IOException {
    DataOutputStream open = files.get(name);
    if (open == null) {
      open =
          new DataOutputStream(
              new BufferedOutputStream(
                  Files.newOutputStream(directory.resolve(name)), BUFFER_BYTES));
      files.put(name, open);
    }
    return open;
  }

  /**
   * Finds the vector of an event; no more vectors can be added.
   *
   * @return null if it was not added
   */
  @Nullable GenericRecord find(int partition, long offset) throws IOException {
    String name = name(partition, offset);
    if (!name.equals(loaded)) {
      close();
      load(name);
    }
    byte[] bytes = vectors.get(offset);
    return bytes == null
        ? null
        : new GenericDatumReader<GenericRecord>(schema)
            .read(null, DecoderFactory.get().binaryDecoder(bytes, null));
  }

  private void load(String name) throws IOException {
    loaded = name;
    vectors = new HashMap<>();
    Path file = directory.resolve(name);
    if (!Files.exists(file)) {
      return;
    }
    BufferedInputStream bytes = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
    try (DataInputStream in = new DataInputStream(bytes)) {
      for (long left = Files.size(file); left > 0; ) {
        long offset = in.readLong();
        byte[] vector = new byte[in.readInt()];
        in.readFully(vector);
        vectors.put(offset, vector);
        left -= Long.BYTES + Integer.BYTES + vector.length;
      }
    }
  }

  private String name(int partition, long offset) {
    return "vectors-" + partition + "-" + offset / offsetsPerFile;
  }

  @Override
  public void close() throws IOException {
    for (DataOutputStream file : files.values()) {
      file.close();
    }
    files.clear();
  }
}
