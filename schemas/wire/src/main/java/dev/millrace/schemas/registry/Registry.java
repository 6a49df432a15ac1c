package dev.millrace.schemas.registry;

import java.util.Set;
import org.apache.avro.Schema;

/** The part of a schema registry that Millrace uses. Implementations are safe for many threads. */
public interface Registry {

  /**
   * What the registry holds under an id.
   *
   * @throws RegistryUnavailable if the registry did not answer
   */
  Lookup lookup(int id);

  /**
   * Registers a schema, or finds it where it is registered already.
   *
   * @return the schema's id
   * @throws RegistryUnavailable if the registry did not answer
   * @throws IllegalStateException if the registry refuses the schema, for instance because it is
   *     incompatible with the subject's latest version
   */
  int register(String subject, Schema schema);

  /**
   * Makes the registry refuse a new version of the subject that cannot read what the last one
   * wrote.
   *
   * @throws RegistryUnavailable if the registry did not answer
   */
  void requireBackwardCompatibility(String subject);

  /** The answer to a {@linkplain Registry#lookup lookup}. */
  sealed interface Lookup {

    /**
     * A schema and where it is registered.
     *
     * @param type {@code AVRO}, {@code JSON} or {@code PROTOBUF}
     * @param schema the schema's text
     * @param subjects the subjects that have a version with this id
     */
    record Found(String type, String schema, Set<String> subjects) implements Lookup {}

    /** No schema has this id. */
    record Unknown() implements Lookup {}
  }
}
