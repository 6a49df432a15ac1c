package dev.millrace.schemas.codec;

import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Reads values of one topic in the Confluent wire format without waiting for the registry: a value
 * whose schema is not known yet is {@link Attempt.Pending}. For one thread.
 */
public final class NonBlockingDecoder {
  private final SchemaLookups lookups;
  private final String subject;
  private final Schema reader;
  private final Map<Integer, BodyReader> writers = new HashMap<>();

  /**
   * @param lookups shared by all decoders of the process
   * @param topic whose subject the schema ids must belong to
   * @param reader the schema that records are read into
   */
  public NonBlockingDecoder(SchemaLookups lookups, String topic, Schema reader) {
    this.lookups = lookups;
    this.subject = WireFormat.subject(topic);
    this.reader = BodyReader.withJavaStrings(reader);
  }

  /** Reads one value, if its schema is known or looked up at once. */
  public Attempt attempt(byte @Nullable [] value) {
    if (value == null) {
      return new Attempt.Done(WireFormat.noValue());
    }
    Decoded.Rejected problem = WireFormat.problem(value);
    if (problem != null) {
      return new Attempt.Done(problem);
    }
    int id = WireFormat.schemaId(value);
    BodyReader writer = writers.get(id);
    if (writer == null) {
      SchemaAnswer answer = lookups.answer(subject, id);
      if (answer instanceof SchemaAnswer.Pending pending) {
        return new Attempt.Pending(id, pending.reason());
      }
      if (answer instanceof SchemaAnswer.NotAccepted notAccepted) {
        return new Attempt.Done(notAccepted.reason());
      }
      writer = new BodyReader(((SchemaAnswer.Accepted) answer).writer(), reader);
      writers.put(id, writer);
    }
    return new Attempt.Done(writer.read(value));
  }

  /** Whether the schema of this id is not known yet, so that its values cannot be decoded. */
  public boolean isPending(int schemaId) {
    return !writers.containsKey(schemaId)
        && lookups.answerAgain(subject, schemaId) instanceof SchemaAnswer.Pending;
  }

  /** Whether the registry answers, so that waiting for it changes nothing. */
  public boolean registryAnswers() {
    return lookups.isAnswering();
  }
}
