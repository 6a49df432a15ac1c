package dev.millrace.deploy.provision;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the registry has for a subject of the pipeline.
 *
 * @param exists whether it has a version
 * @param registered whether the pipeline's schema is one of its versions
 * @param compatibility set for the subject itself; null: none
 * @param incompatibilities the reasons why the pipeline's schema cannot be its next version; empty
 *     if it can, or is registered
 */
public record SubjectState(
    boolean exists,
    boolean registered,
    @Nullable String compatibility,
    List<String> incompatibilities) {
  /** A subject that does not exist. */
  public static final SubjectState MISSING = new SubjectState(false, false, null, List.of());

  /** With each of these a new version can read what the version before it has written. */
  private static final Set<String> BACKWARD =
      Set.of("BACKWARD", "BACKWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE");

  public SubjectState {
    incompatibilities = List.copyOf(incompatibilities);
  }

  /** Whether the registry rejects a version that cannot read the one before it. */
  public boolean isBackward() {
    return compatibility != null && BACKWARD.contains(compatibility);
  }
}
