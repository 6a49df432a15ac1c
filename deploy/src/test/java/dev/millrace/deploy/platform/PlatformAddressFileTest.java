package dev.millrace.deploy.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlatformAddressFileTest {
  private static final PlatformAddressFile PLATFORM =
      new PlatformAddressFile(
          ProcessHandle.current().pid(),
          "payments",
          "127.0.0.1:9092",
          "http://127.0.0.1:8081",
          Map.of("ingest", "http://127.0.0.1:9101"),
          "http://127.0.0.1:9104/features",
          "http://127.0.0.1:8088",
          "http://127.0.0.1:8089",
          "secret");

  @Test
  void aReaderFindsACompleteFileOrNone(@TempDir Path directory) throws Exception {
    var writing =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < 2_000; i++) {
                PLATFORM.write(directory);
              }
            });
    while (!writing.isDone()) {
      assertThat(PlatformAddressFile.in(directory)).isIn(Optional.empty(), Optional.of(PLATFORM));
    }
    writing.join();
    assertThat(PlatformAddressFile.in(directory)).contains(PLATFORM);
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(directory.resolve("platform.json"));
    }
  }

  @Test
  void onlyTheOwnerCanReadTheSecret(@TempDir Path directory) throws Exception {
    PLATFORM.write(directory);
    assertThat(Files.getPosixFilePermissions(directory.resolve("platform.json")))
        .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
  }
}
