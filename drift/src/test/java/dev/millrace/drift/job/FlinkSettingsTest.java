package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlinkSettingsTest {

  @Test
  void theJobGoesOnFromTheNewestWholeCheckpoint(@TempDir Path directory) throws IOException {
    checkpoint(directory, "job-1/chk-9", 1_000);
    Path newest = checkpoint(directory, "job-2/chk-3", 2_000);
    Files.createDirectories(directory.resolve("job-2/chk-4")); // was never completed
    Files.createDirectories(directory.resolve("job-2/shared"));

    assertThat(FlinkSettings.newest(directory)).contains(newest);
  }

  @Test
  void withoutACheckpointTheJobBegins(@TempDir Path directory) {
    assertThat(FlinkSettings.newest(directory.resolve("not-there-yet"))).isEmpty();
  }

  private static Path checkpoint(Path directory, String name, long millis) throws IOException {
    Path checkpoint = Files.createDirectories(directory.resolve(name));
    Path metadata = Files.writeString(checkpoint.resolve("_metadata"), "");
    Files.setLastModifiedTime(metadata, FileTime.fromMillis(millis));
    return checkpoint;
  }
}
