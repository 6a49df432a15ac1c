package dev.millrace.deploy.platform;

import dev.millrace.deploy.process.PlatformException;
import dev.millrace.schemas.avro.FeatureGeneration;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The definition that a stopped platform has served, and whether another one can replace it. */
final class ServingDefinition {
  private ServingDefinition() {}

  /**
   * Checks that a platform can start with a definition. Events that were not scored when it was
   * stopped have vectors of the generation that served, and maybe of that one only: inference would
   * wait for others in vain.
   *
   * @param serving the record of the generation that served; null: none did
   * @throws PlatformException if its vectors are of another generation than the definition's
   */
  static void requireSameVectors(
      Pipeline pipeline, @Nullable FeatureGeneration serving, Path workDir, Path file) {
    String generation = Generation.of(pipeline);
    if (serving == null
        || serving.getGeneration().equals(generation)
        || serving.getLookups().isEmpty()
        || pipeline.lookups().isEmpty()) {
      return;
    }
    String served = serving.getGeneration();
    Path copy = DefinitionStore.find(workDir, served);
    throw new PlatformException(
        """
        %s has other feature views or lookups (generation %s) than those that served in %s when it was stopped (generation %s), and events that were not scored then have vectors of the old ones only. Start with the definition that served:
          millrace up %s --dir %s
        and then change it while it runs:
          millrace apply %s --dir %s
        Or begin anew in another directory."""
            .formatted(
                file,
                generation,
                workDir,
                served,
                copy == null ? "PREVIOUS_FILE" : copy,
                workDir,
                file,
                workDir));
  }
}
