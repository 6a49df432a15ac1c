package dev.millrace.schemas.streams.service;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.utils.Utils;

/**
 * The local RocksDB stores that no part of the topology uses: those of views of an earlier
 * definition. Kafka Streams keeps them, with the offsets of their topics. If the definition comes
 * back after its topics were deleted and created again, a replicated store would start at an offset
 * that does not exist, and end the process.
 */
final class UnusedStores {
  private final Path applicationDir;

  UnusedStores(Path stateDir, String applicationId) {
    this.applicationDir = stateDir.resolve(applicationId);
  }

  /**
   * Deletes them. A store that is used again is restored from its topic.
   *
   * @param used the names of all stores of the topology
   * @return the deleted directories
   */
  List<Path> delete(Set<String> used) {
    List<Path> deleted = new ArrayList<>();
    if (!Files.isDirectory(applicationDir)) {
      return deleted;
    }
    // Of each task, and of the stores that all tasks share: <task>/rocksdb/<store>.
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(applicationDir)) {
      for (Path task : tasks) {
        Path stores = task.resolve("rocksdb");
        if (Files.isDirectory(stores)) {
          deleteIn(stores, used, deleted);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "unused stores in " + applicationDir + " cannot be deleted", e);
    }
    return deleted;
  }

  private static void deleteIn(Path directory, Set<String> used, List<Path> deleted)
      throws IOException {
    try (DirectoryStream<Path> stores = Files.newDirectoryStream(directory)) {
      for (Path store : stores) {
        if (!used.contains(String.valueOf(store.getFileName()))) {
          Utils.delete(store.toFile());
          deleted.add(store);
        }
      }
    }
  }
}
