package dev.millrace.deploy.provision;

import dev.millrace.schemas.registry.Registry;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;

/** Reads subjects of a schema registry. */
public final class Subjects {
  private Subjects() {}

  /**
   * What the registry has for a subject.
   *
   * @param schema of the pipeline
   * @throws dev.millrace.schemas.registry.RegistryUnavailable if the registry did not answer
   */
  public static SubjectState read(String url, String subject, Schema schema) {
    if (Registry.latestSchema(url, subject) == null) {
      return SubjectState.MISSING;
    }
    boolean registered = Registry.isRegistered(url, subject, schema);
    return new SubjectState(
        true,
        registered,
        Registry.compatibility(url, subject),
        registered ? List.of() : incompatibilities(url, subject, schema));
  }

  /**
   * The reasons why a schema cannot follow the latest version of a subject; empty if it can.
   * Apicurio says only that schemas are incompatible, so Avro's own reasons are added.
   *
   * @throws dev.millrace.schemas.registry.RegistryUnavailable if the registry did not answer
   */
  public static List<String> incompatibilities(String url, String subject, Schema schema) {
    List<String> reasons = Registry.incompatibilities(url, subject, schema);
    String latest = reasons.isEmpty() ? null : Registry.latestSchema(url, subject);
    if (latest == null) {
      return reasons;
    }
    List<String> all = new ArrayList<>(reasons);
    SchemaCompatibility.checkReaderWriterCompatibility(schema, new Schema.Parser().parse(latest))
        .getResult()
        .getIncompatibilities()
        .forEach(
            detail ->
                all.add(
                    "%s at %s: %s"
                        .formatted(detail.getType(), detail.getLocation(), detail.getMessage())));
    return all;
  }
}
