package dev.millrace.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFileTest {
  private static final Path PATH = Path.of("model.onnx");

  @Test
  void reads(@TempDir Path directory) throws IOException {
    Files.write(directory.resolve("model.onnx"), TestModels.bytes("logarithm"));

    assertThat(ModelFile.read(directory).version())
        .isEqualTo(TestModels.file("logarithm").version());
  }

  @Test
  void aMissingFileIsRejected(@TempDir Path directory) {
    assertThatThrownBy(() -> ModelFile.read(directory))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll("no model at", "model.path");
  }

  @Test
  void aSymbolicLinkIsRejected(@TempDir Path directory) throws IOException {
    Path real = Files.write(directory.resolve("real"), TestModels.bytes("logarithm"));
    Files.createSymbolicLink(directory.resolve("model.onnx"), real);

    assertThatThrownBy(() -> ModelFile.read(directory))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("symbolic link");
  }

  @Test
  void anOversizeFileIsRejected(@TempDir Path directory) throws IOException {
    Path path = directory.resolve("model.onnx");
    try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
      sparse.setLength(ModelFile.MAX_BYTES + 1);
    }

    assertThatThrownBy(() -> ModelFile.read(directory))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("larger than 256 MiB");
  }

  @Test
  void weightsInAnotherFileAreRejectedWhereverTheyStand() {
    for (String name : new String[] {"external-data", "external-data-in-a-branch"}) {
      assertThatThrownBy(() -> TestModels.file(name))
          .isInstanceOf(ModelException.class)
          .hasMessageContainingAll(name, "tensor 'w'", "one file");
    }
  }

  @Property(tries = 300)
  void damagedBytesAreRejectedOrReadWithoutACrash(@ForAll int seed) {
    byte[] bytes = TestModels.bytes("lightgbm");
    bytes[Math.floorMod(seed, bytes.length)] = (byte) (seed >>> 16);
    byte[] cut = Arrays.copyOf(bytes, Math.floorMod(seed / 31, bytes.length));

    assertThatCode(
            () -> {
              for (byte[] damaged : new byte[][] {bytes, cut}) {
                try {
                  ModelFile.of(PATH, damaged);
                } catch (ModelException expected) {
                  assertThat(expected).hasMessageContaining("model");
                }
              }
            })
        .doesNotThrowAnyException();
  }
}
