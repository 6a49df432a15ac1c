package dev.millrace.schemas.codec;

import dev.millrace.schemas.codec.Decoded.Rejected;
import dev.millrace.schemas.codec.SubjectSchemaCheck.SchemaCheck;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.registry.RegistryUnavailable;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Reads values of one topic in the Confluent wire format, and blocks while the registry is called.
 * Malformed data is a {@link Rejected} value; a registry that does not answer is a {@link
 * RegistryUnavailable}. For one thread.
 *
 * <p>It is meant for the topics that Millrace writes, which have few schemas. For topics of
 * producers use {@link NonBlockingDecoder}.
 */
public final class AvroDecoder {
  private static final long PAUSE_BETWEEN_TRIES_MILLIS = 100;

  /**
   * Time for which a rejection that may change is cached: an unknown id may be registered later,
   * and an id may be added to the subject. Without the cache, a producer of garbage ids would slow
   * the reader down to a few records a second.
   */
  private static final long REJECTED_NANOS = Duration.ofSeconds(2).toNanos();

  /** Number of cached rejections, which bounds the memory that a stream of garbage ids can take. */
  private static final int REMEMBERED_REJECTIONS = 1_000;

  private final Registry registry;
  private final LongSupplier nanoTime;
  private final String subject;
  private final Schema reader;
  private final Map<Integer, BodyReader> writers = new HashMap<>();
  private final Map<Integer, RejectedId> rejectedIds =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, RejectedId> eldest) {
          return size() > REMEMBERED_REJECTIONS;
        }
      };

  /**
   * @param topic whose subject the schema ids must belong to
   * @param reader the schema that records are read into; a newer or older compatible writer schema
   *     is resolved to it
   */
  public AvroDecoder(Registry registry, String topic, Schema reader) {
    this(registry, topic, reader, System::nanoTime);
  }

  /** For tests with their own clock. */
  AvroDecoder(Registry registry, String topic, Schema reader, LongSupplier nanoTime) {
    this.registry = registry;
    this.nanoTime = nanoTime;
    this.subject = WireFormat.subject(topic);
    this.reader = BodyReader.withJavaStrings(reader);
  }

  /**
   * Reads one value.
   *
   * @throws RegistryUnavailable if an id has to be looked up and the registry does not answer
   */
  public Decoded decode(byte @Nullable [] value) {
    if (value == null) {
      return WireFormat.noValue();
    }
    Rejected problem = WireFormat.problem(value);
    if (problem != null) {
      return problem;
    }
    int id = WireFormat.schemaId(value);
    BodyReader writer = writers.get(id);
    if (writer != null) {
      return writer.read(value);
    }
    RejectedId known = rejectedIds.get(id);
    return known != null && !isStale(known) ? known.answer.reason() : lookUpAndRead(id, value);
  }

  /**
   * Reads one value with the schema that it was written with, into that schema; the topic and the
   * schema id are not checked. For people who inspect a value.
   *
   * @param writer the schema of the value's id
   */
  public static Decoded decode(byte[] value, Schema writer) {
    Rejected problem = WireFormat.problem(value);
    return problem != null
        ? problem
        : new BodyReader(writer, BodyReader.withJavaStrings(writer)).read(value);
  }

  private boolean isStale(RejectedId known) {
    return known.answer.mayChange() && nanoTime.getAsLong() - known.sinceNanos > REJECTED_NANOS;
  }

  private Decoded lookUpAndRead(int id, byte[] value) {
    SchemaCheck check = lookUp(id);
    rejectedIds.remove(id);
    if (check instanceof SchemaCheck.Accepted accepted) {
      BodyReader writer = new BodyReader(accepted.writer(), reader);
      writers.put(id, writer);
      return writer.read(value);
    }
    SchemaCheck.NotAccepted answer = (SchemaCheck.NotAccepted) check;
    rejectedIds.put(id, new RejectedId(answer, nanoTime.getAsLong()));
    return answer.reason();
  }

  private SchemaCheck lookUp(int id) {
    for (int tries = 1; ; tries++) {
      SchemaCheck check = SubjectSchemaCheck.check(id, registry.lookup(id), subject);
      boolean isFinal = !(check instanceof SchemaCheck.NotAccepted answer && answer.mayChange());
      if (isFinal || tries == SubjectSchemaCheck.TRIES) {
        return check;
      }
      try {
        Thread.sleep(PAUSE_BETWEEN_TRIES_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new RegistryUnavailable("Interrupted while looking up schema id " + id, e);
      }
    }
  }

  /**
   * @param sinceNanos when the registry answered
   */
  private record RejectedId(SchemaCheck.NotAccepted answer, long sinceNanos) {}
}
