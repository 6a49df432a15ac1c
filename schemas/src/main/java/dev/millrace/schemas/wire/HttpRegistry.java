package dev.millrace.schemas.wire;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.RestService;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.entities.SchemaString;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.entities.SubjectVersion;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;

/**
 * A registry that speaks Confluent's REST API, such as Confluent's own, Apicurio or Karapace.
 *
 * <p>The client's relocated Avro never leaves this class: schemas cross as text.
 */
public final class HttpRegistry implements Registry {
  /** Well below a Streams transaction's time-out (10 s), so that a caller can wait and retry. */
  private static final int CONNECT_TIMEOUT_MILLIS = 2_000;

  private static final int READ_TIMEOUT_MILLIS = 3_000;

  private final String url;
  private final RestService client;

  /**
   * @param url for instance {@code http://localhost:8081}
   */
  public HttpRegistry(String url) {
    this.url = url;
    this.client = new RestService(url);
    client.configure(Map.of());
    client.setHttpConnectTimeoutMs(CONNECT_TIMEOUT_MILLIS);
    client.setHttpReadTimeoutMs(READ_TIMEOUT_MILLIS);
  }

  @Override
  public Lookup lookup(int id) {
    try {
      SchemaString found = client.getId(id);
      Set<String> subjects =
          client.getAllVersionsById(id).stream()
              .map(SubjectVersion::getSubject)
              .collect(Collectors.toUnmodifiableSet());
      String type = found.getSchemaType();
      return new Lookup.Found(type == null ? "AVRO" : type, found.getSchemaString(), subjects);
    } catch (RestClientException e) {
      if (e.getStatus() == 404) {
        return new Lookup.Unknown();
      }
      throw unavailable("look up schema id " + id, e);
    } catch (IOException e) {
      throw unavailable("look up schema id " + id, e);
    }
  }

  @Override
  public int register(String subject, Schema schema) {
    try {
      return client.registerSchema(schema.toString(), subject);
    } catch (RestClientException e) {
      if (e.getStatus() == 409 || e.getStatus() == 422) {
        throw new IllegalStateException(
            "The registry at %s refuses the schema of subject %s: %s. Change it so that it can read what the registered version wrote (add fields with defaults), or publish under a new topic."
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
