package dev.millrace.deploy.evolution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.avro.FeatureGeneration;
import dev.millrace.schemas.avro.GenerationStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeletedGenerationsTest {
  /** A retired one can come back, and starts from its checkpoints in an aligned pipeline. */
  @Test
  void onlyTheCheckpointsOfDeletedGenerationsAreDeleted(@TempDir Path stateDir) throws IOException {
    List<FeatureGeneration> generations = new ArrayList<>();
    for (GenerationStatus status : GenerationStatus.values()) {
      generations.add(generation(status));
      Path checkpoint = directory(stateDir, status).resolve("job").resolve("chk-3");
      Files.createDirectories(checkpoint);
      Files.writeString(checkpoint.resolve("_metadata"), "state");
    }
    DeletedGenerations deleted = new DeletedGenerations("shop", stateDir);

    assertThat(deleted.deleteCheckpoints(generations))
        .containsExactly(directory(stateDir, GenerationStatus.DELETED));
    for (GenerationStatus status : GenerationStatus.values()) {
      assertThat(Files.exists(directory(stateDir, status)))
          .as("%s", status)
          .isEqualTo(status != GenerationStatus.DELETED);
    }
    assertThat(deleted.deleteCheckpoints(generations)).as("again").isEmpty();
  }

  private static Path directory(Path stateDir, GenerationStatus status) {
    return stateDir.resolve("millrace-shop-features-" + status.name());
  }

  private static FeatureGeneration generation(GenerationStatus status) {
    return FeatureGeneration.newBuilder()
        .setGeneration(status.name())
        .setScored("orders")
        .setCreatedAt(Instant.EPOCH)
        .setStatus(status)
        .setStatusAt(Instant.EPOCH)
        .setViews(List.of())
        .setLookups(List.of())
        .build();
  }
}
