package dev.millrace.schemas.registry;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The part of a schema registry that Millrace uses. Implementations are safe for use by many
 * threads.
 */
public interface Registry {

  /**
   * A registry that speaks Confluent's REST API, such as Confluent's own, Apicurio or Karapace.
   *
   * @param url for instance {@code http://localhost:8081}
   */
  static Registry http(String url) {
    return new HttpRegistry(url);
  }

  /**
   * The text of the latest schema of a subject, from a registry that speaks Confluent's REST API.
   *
   * @return null if the subject does not exist
   * @throws RegistryUnavailable if the registry did not answer
   */
  static @Nullable String latestSchema(String url, String subject) {
    return new HttpRegistry(url).latestSchema(subject);
  }

  /**
   * Tests whether a schema can follow the latest version of a subject, without registering it, in a
   * registry that speaks Confluent's REST API.
   *
   * @return the reasons why it cannot, in the registry's words; empty if it can, or if the subject
   *     does not exist
   * @throws RegistryUnavailable if the registry did not answer
   */
  static List<String> incompatibilities(String url, String subject, Schema schema) {
    return new HttpRegistry(url).incompatibilities(subject, schema);
  }

  /**
   * Whether a schema is a version of a subject, in a registry that speaks Confluent's REST API.
   *
   * @throws RegistryUnavailable if the registry did not answer
   */
  static boolean isRegistered(String url, String subject, Schema schema) {
    return new HttpRegistry(url).isRegistered(subject, schema);
  }

  /**
   * The compatibility that is set for a subject itself, such as {@code BACKWARD}, in a registry
   * that speaks Confluent's REST API.
   *
   * @return null if none is set, so that the registry's own default holds
   * @throws RegistryUnavailable if the registry did not answer
   */
  static @Nullable String compatibility(String url, String subject) {
    return new HttpRegistry(url).compatibility(subject);
  }

  /**
   * Repeats a call with growing pauses while the registry is unavailable.
   *
   * @param timeout after which the last failure is thrown to the caller
   */
  static <T extends @Nullable Object> T retry(Duration timeout, Supplier<T> call) {
    return RetryingRegistry.retry(timeout, call);
  }

  /**
   * This registry with a cache that answers lookups while it is unavailable. While it answers, it
   * is still called: an id may be added to further subjects.
   */
  default Registry caching() {
    return new CachingRegistry(this);
  }

  /**
   * This registry with retries: each call is retried with growing pauses while it is unavailable.
   *
   * @param timeout after which the last failure is thrown to the caller
   */
  default Registry retrying(Duration timeout) {
    return new RetryingRegistry(this, timeout);
  }

  /**
   * Looks up the schema of an id.
   *
   * @throws RegistryUnavailable if the registry did not answer
   */
  Lookup lookup(int id);

  /**
   * Registers a schema, or finds it if it is already registered.
   *
   * @return the schema's id
   * @throws RegistryUnavailable if the registry did not answer
   * @throws IllegalStateException if the registry rejects the schema, for instance because it is
   *     incompatible with the subject's latest version
   */
  int register(String subject, Schema schema);

  /**
   * Makes the registry reject a new version of the subject that cannot read what the last version
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
