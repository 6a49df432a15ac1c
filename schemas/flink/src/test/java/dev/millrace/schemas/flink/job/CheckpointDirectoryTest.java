package dev.millrace.schemas.flink.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointDirectoryTest {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path dir;

  @Test
  void findsTheNewestCompleteCheckpointOfAnyRun() throws Exception {
    assertThat(new CheckpointDirectory(dir.resolve("none")).newest()).isEmpty();
    Path older = Files.createDirectories(dir.resolve("job1/chk-9"));
    Path newer = Files.createDirectories(dir.resolve("job2/chk-2"));
    Files.createDirectories(dir.resolve("job2/chk-3")); // was not complete when the job failed
    complete(older, Instant.ofEpochSecond(1));
    complete(newer, Instant.ofEpochSecond(2));
    assertThat(new CheckpointDirectory(dir).newest())
        .contains(new Checkpoint(newer, Instant.ofEpochSecond(2)));
  }

  private static void complete(Path checkpoint, Instant at) throws Exception {
    Path metadata = Files.createFile(checkpoint.resolve("_metadata"));
    Files.setLastModifiedTime(metadata, FileTime.from(at));
  }

  @Test
  void aJobWritesItsCheckpointsToItsOwnDirectory() {
    Configuration settings = new Configuration();
    CheckpointDirectory.of(dir, "millrace-p-features").writeTo(settings);
    assertThat(settings.get(CheckpointingOptions.CHECKPOINTS_DIRECTORY))
        .isEqualTo(dir.resolve("millrace-p-features").toUri().toString());
  }

  @Test
  void stateOfChangedDefinitionsIsDropped() {
    Configuration settings = new Configuration();
    new Checkpoint(dir.resolve("chk-1"), Instant.EPOCH).restoreIn(settings);
    assertThat(settings.get(StateRecoveryOptions.SAVEPOINT_PATH)).endsWith("/chk-1");
    assertThat(settings.get(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE)).isTrue();
  }
}
