package dev.millrace.deploy.export;

import dev.millrace.deploy.process.PlatformException;
import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.registry.RegistryUnavailable;
import org.apache.avro.Schema;

/** The latest schema of the values of a topic, which can read the values of all versions. */
final class LatestSchema {
  private LatestSchema() {}

  /**
   * Reads it from a registry.
   *
   * @throws PlatformException if there is no schema, or the registry does not answer
   */
  static Schema of(String topic, String registryUrl) {
    var subject = WireFormat.subject(topic);
    String schema;
    try {
      schema = Registry.latestSchema(registryUrl, subject);
    } catch (RegistryUnavailable e) {
      throw new PlatformException(String.valueOf(e.getMessage()), e);
    }
    if (schema == null) {
      throw new PlatformException(
          "the values of topic %s cannot be decoded: the registry at %s has no subject %s"
              .formatted(topic, registryUrl, subject));
    }
    return new Schema.Parser().parse(schema);
  }
}
