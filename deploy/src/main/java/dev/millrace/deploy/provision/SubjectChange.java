package dev.millrace.deploy.provision;

import java.util.List;
import org.apache.avro.Schema;

/**
 * What is to be done with a subject.
 *
 * @param found the present compatibility, or the reasons of the registry
 */
public record SubjectChange(String subject, Schema schema, Kind kind, List<String> found) {
  /** The change. */
  public enum Kind {
    /** The subject is created. */
    CREATE,
    /** The schema becomes its next version. */
    NEW_VERSION,
    /** The subject has no compatibility of its own: it is set. */
    SET_COMPATIBILITY,
    /** An operator has set a compatibility that allows versions that cannot be read. */
    WEAK_COMPATIBILITY,
    /** The registry does not accept the schema. */
    INCOMPATIBLE
  }
}
