package dev.millrace.schemas.registry;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.RestService;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.entities.SchemaString;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.entities.SubjectVersion;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.entities.requests.RegisterSchemaRequest;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import org.jspecify.annotations.Nullable;

/**
 * A registry that speaks Confluent's REST API.
 *
 * <p>The client's relocated Avro is used only in this class: schemas are passed as text.
 */
final class HttpRegistry implements Registry {
  /** Well below a Streams transaction's timeout (10 s), so that a caller can wait and retry. */
  private static final int CONNECT_TIMEOUT_MILLIS = 2_000;

  private static final int READ_TIMEOUT_MILLIS = 3_000;

  private static final String LATEST = "latest";

  /**
   * The registry's own codes for a missing subject, version or schema. Any other 404 comes from
   * something else, such as a proxy in front of the registry or a wrong path in its URL.
   *
   * @see <a
   *     href="https://docs.confluent.io/platform/current/schema-registry/develop/api.html#errors">Errors
   *     of the API</a>
   */
  private static final Set<Integer> UNKNOWN_CODES = Set.of(40401, 40402, 40403);

  /** The subject has no compatibility of its own; other registries answer a code of above. */
  private static final int NO_COMPATIBILITY_CODE = 40408;

  private final String url;
  private final RestService client;

  HttpRegistry(String url) {
    this(url, READ_TIMEOUT_MILLIS);
  }

  /** For tests, which use a shorter timeout. */
  HttpRegistry(String url, int readTimeoutMillis) {
    this.url = url;
    this.client = new RestService(url);
    client.configure(Map.of());
    client.setHttpConnectTimeoutMs(CONNECT_TIMEOUT_MILLIS);
    client.setHttpReadTimeoutMs(readTimeoutMillis);
  }

  @Override
  public Lookup lookup(int id) {
    try {
      return found(id, client.getId(id), client.getAllVersionsById(id));
    } catch (RestClientException e) {
      if (UNKNOWN_CODES.contains(e.getErrorCode())) {
        return new Lookup.Unknown();
      }
      throw unavailable("look up schema id " + id, e);
    } catch (IOException e) {
      throw unavailable("look up schema id " + id, e);
    }
  }

  /** JSON of another shape comes from a server that is not a registry. */
  private static Lookup.Found found(
      int id, @Nullable SchemaString found, @Nullable List<SubjectVersion> versions)
      throws IOException {
    if (found == null || found.getSchemaString() == null || versions == null) {
      throw new IOException("the answer for schema id " + id + " is not a registry's");
    }
    Set<String> subjects = new HashSet<>();
    for (SubjectVersion version : versions) {
      if (version.getSubject() == null) {
        throw new IOException("a version of schema id " + id + " has no subject");
      }
      subjects.add(version.getSubject());
    }
    String type = found.getSchemaType();
    return new Lookup.Found(
        type == null ? "AVRO" : type, found.getSchemaString(), Set.copyOf(subjects));
  }

  /** The text of the latest schema of a subject; null if the subject does not exist. */
  @Nullable String latestSchema(String subject) {
    try {
      return client.getLatestVersion(subject).getSchema();
    } catch (RestClientException e) {
      if (UNKNOWN_CODES.contains(e.getErrorCode())) {
        return null;
      }
      throw unavailable("find the latest schema of subject " + subject, e);
    } catch (IOException e) {
      throw unavailable("find the latest schema of subject " + subject, e);
    }
  }

  /** The reasons why a schema cannot follow the latest version of a subject; empty if it can. */
  List<String> incompatibilities(String subject, Schema schema) {
    RegisterSchemaRequest request = new RegisterSchemaRequest();
    request.setSchema(schema.toString());
    try {
      // A registry without messages answers the verbose request as if the schema were compatible.
      List<String> verdict = client.testCompatibility(request, subject, LATEST, false, false);
      List<String> reasons =
          verdict.isEmpty()
              ? List.of()
              : client.testCompatibility(request, subject, LATEST, false, true);
      return List.copyOf(reasons.isEmpty() ? verdict : reasons);
    } catch (RestClientException e) {
      if (UNKNOWN_CODES.contains(e.getErrorCode())) {
        return List.of();
      }
      throw unavailable("test the schema of subject " + subject, e);
    } catch (IOException e) {
      throw unavailable("test the schema of subject " + subject, e);
    }
  }

  /** Whether a schema is a version of a subject. */
  boolean isRegistered(String subject, Schema schema) {
    try {
      client.lookUpSubjectVersion(schema.toString(), subject);
      return true;
    } catch (RestClientException e) {
      if (UNKNOWN_CODES.contains(e.getErrorCode())) {
        return false;
      }
      throw unavailable("look up the schema of subject " + subject, e);
    } catch (IOException e) {
      throw unavailable("look up the schema of subject " + subject, e);
    }
  }

  /** The compatibility of a subject; null if none is set for it. */
  @Nullable String compatibility(String subject) {
    try {
      return client.getConfig(subject).getCompatibilityLevel();
    } catch (RestClientException e) {
      if (UNKNOWN_CODES.contains(e.getErrorCode()) || e.getErrorCode() == NO_COMPATIBILITY_CODE) {
        return null;
      }
      throw unavailable("read the compatibility of subject " + subject, e);
    } catch (IOException e) {
      throw unavailable("read the compatibility of subject " + subject, e);
    }
  }

  @Override
  public int register(String subject, Schema schema) {
    try {
      return client.registerSchema(schema.toString(), subject);
    } catch (RestClientException e) {
      if (e.getStatus() == 409 || e.getStatus() == 422) {
        throw new IllegalStateException(
            "The registry at %s rejects the schema of subject %s: %s. Change it so that it can read what the registered version wrote (add fields with defaults), or publish under a new topic."
                .formatted(url, subject, e.getMessage()),
            e);
      }
      throw unavailable("register subject " + subject, e);
    } catch (IOException e) {
      throw unavailable("register subject " + subject, e);
    }
  }

  @Override
  public void requireBackwardCompatibility(String subject) {
    try {
      client.updateCompatibility("BACKWARD", subject);
    } catch (RestClientException | IOException e) {
      throw unavailable("set the compatibility of subject " + subject, e);
    }
  }

  private RegistryUnavailable unavailable(String action, Exception cause) {
    return new RegistryUnavailable(
        "Could not %s: the schema registry at %s is not available (%s)"
            .formatted(action, url, cause.getMessage()),
        cause);
  }
}
