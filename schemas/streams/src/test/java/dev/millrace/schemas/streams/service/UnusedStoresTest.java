package dev.millrace.schemas.streams.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnusedStoresTest {
  private final Path stateDir;

  UnusedStoresTest(@TempDir Path stateDir) {
    this.stateDir = stateDir;
  }

  @Test
  void storesThatTheTopologyDoesNotUseAreDeleted() throws IOException {
    Path used = store("shop.inference/0_1/rocksdb/card-e6ca1bef-entities");
    Path ofTask = store("shop.inference/0_1/rocksdb/card-00000000-entities");
    Path shared = store("shop.inference/global/rocksdb/merchant-00000000-entities");
    Path other = store("shop.ingest/0_1/rocksdb/payments-ids");
    Path noStore = store("shop.inference/0_1/notes");

    assertThat(unused().delete(Set.of("card-e6ca1bef-entities")))
        .containsExactlyInAnyOrder(ofTask, shared);

    assertThat(ofTask).doesNotExist();
    assertThat(shared).doesNotExist();
    assertThat(used).isNotEmptyDirectory();
    assertThat(other).isNotEmptyDirectory();
    assertThat(noStore).isNotEmptyDirectory();
  }

  @Test
  void thereIsNothingToDeleteBeforeTheFirstStart() {
    assertThat(unused().delete(Set.of())).isEmpty();
  }

  private UnusedStores unused() {
    return new UnusedStores(stateDir, "shop.inference");
  }

  private Path store(String path) throws IOException {
    Path directory = Files.createDirectories(stateDir.resolve(path));
    Files.writeString(directory.resolve("000012.sst"), "rows");
    return directory;
  }
}
