package dev.millrace.deploy.platform;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The addresses of a running platform, for other commands: the file platform.json in its directory.
 * It contains a secret, so only its owner can read it.
 *
 * @param pid the process id of the command that runs it
 * @param pipeline the name of the pipeline; empty if it runs none
 * @param bootstrapServers for Kafka clients
 * @param registry URL of the registry's Confluent API
 * @param ops the base URL of /metrics and /health of each service
 * @param features the URL of the feature reads of inference; empty without a pipeline
 * @param flink the base URL of Flink's REST API
 * @param control the base URL by which services are restarted, see {@link PlatformControl}
 * @param token the secret of that URL
 */
public record PlatformAddressFile(
    long pid,
    String pipeline,
    String bootstrapServers,
    String registry,
    Map<String, String> ops,
    String features,
    String flink,
    String control,
    String token) {
  private static final String FILE = "platform.json";
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The platform that runs in a directory; empty if none does. */
  public static Optional<PlatformAddressFile> in(Path directory) {
    try {
      var found = JSON.readValue(directory.resolve(FILE).toFile(), PlatformAddressFile.class);
      // The file remains if the platform was killed.
      return Optional.of(found).filter(platform -> ProcessHandle.of(platform.pid()).isPresent());
    } catch (FileNotFoundException | NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(directory.resolve(FILE) + " cannot be read", e);
    }
  }

  /** Writes a temporary file and renames it, so that a reader finds a complete file or none. */
  void write(Path directory) {
    var partial = directory.resolve(FILE + ".partial");
    try {
      Files.deleteIfExists(partial);
      try (var file = Files.newOutputStream(createForOwner(partial))) {
        JSON.writerWithDefaultPrettyPrinter().writeValue(file, this);
      }
      Files.move(partial, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(directory.resolve(FILE) + " cannot be written", e);
    }
  }

  private static Path createForOwner(Path file) throws IOException {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_ONLY))
        : Files.createFile(file);
  }

  static void delete(Path directory) throws IOException {
    Files.deleteIfExists(directory.resolve(FILE));
  }
}
