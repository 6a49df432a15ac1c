package dev.millrace.deploy.e2e.expected;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.digest.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** The digests of the features of each event, to compare vectors within a run and between runs. */
public final class VectorDigests {
  private static final String INCOMPLETE = "incomplete";

  /** By event id: the digest, or {@link #INCOMPLETE}. */
  private final Map<String, String> digests = new HashMap<>();

  private long repeated;

  /**
   * Takes note of a vector. Two complete vectors of an event must be equal.
   *
   * @return whether it is the first of the event
   */
  public boolean add(String eventId, GenericRecord vector) {
    String digest = vector.get("complete").equals(true) ? digest(vector) : INCOMPLETE;
    String before = digests.putIfAbsent(eventId, digest);
    if (before != null && !before.equals(INCOMPLETE) && !digest.equals(INCOMPLETE)) {
      repeated++;
      assertThat(digest).as("the vector of event %s, written again", eventId).isEqualTo(before);
    }
    return before == null;
  }

  /** The number of events. */
  public int size() {
    return digests.size();
  }

  /** The number of complete vectors of events that had one already. */
  public long repeated() {
    return repeated;
  }

  /**
   * Writes the digests to a file, or compares them with those in it if it exists: vectors that are
   * complete in both must be equal.
   *
   * @return what was done, in one line
   */
  public String compare(Path file) throws IOException {
    if (!Files.exists(file)) {
      List<String> lines =
          digests.entrySet().stream().map(each -> each.getKey() + " " + each.getValue()).toList();
      Files.write(file, lines);
      return "the digests of %,d vectors are in %s".formatted(lines.size(), file);
    }
    long compared = 0;
    for (String line : Files.readAllLines(file)) {
      String id = line.substring(0, line.lastIndexOf(' '));
      String other = line.substring(line.lastIndexOf(' ') + 1);
      String own = digests.get(id);
      if (own != null && !own.equals(INCOMPLETE) && !other.equals(INCOMPLETE)) {
        compared++;
        assertThat(own).as("the vector of event %s, compared with %s", id, file).isEqualTo(other);
      }
    }
    return "%,d complete vectors are bit-identical to those of %s".formatted(compared, file);
  }

  /** The position of the event is not part of it: it differs between runs. */
  private static String digest(GenericRecord vector) {
    GenericRecord lookups = (GenericRecord) vector.get("lookups");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    try {
      new GenericDatumWriter<GenericRecord>(lookups.getSchema()).write(lookups, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Sha256.shortHex(bytes.toByteArray());
  }
}
