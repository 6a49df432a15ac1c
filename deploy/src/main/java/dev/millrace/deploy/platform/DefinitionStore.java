package dev.millrace.deploy.platform;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.digest.Sha256;
import dev.millrace.schemas.model.ModelArtifact;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.file.DefinitionCopy;
import dev.millrace.schemas.pipeline.file.DefinitionDigest;
import dev.millrace.schemas.pipeline.file.PipelineException;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The definitions that the services of a platform run with: copies of pipeline files with their
 * schemas and models, each in a directory named by its digest. So a service that is restarted after
 * a crash reads what it read before, also when the user has edited the file meanwhile.
 */
public final class DefinitionStore {
  private static final String DIRECTORY = "definitions";

  private DefinitionStore() {}

  /**
   * Copies a definition unless the copy is there already.
   *
   * @param workDir of the platform
   * @return the copied pipeline file
   * @throws dev.millrace.schemas.pipeline.file.PipelineException if the file has mistakes
   */
  public static Path copy(Path workDir, Path pipelineFile) {
    try {
      var copy = path(workDir, pipelineFile);
      var target = Objects.requireNonNull(copy.getParent());
      if (!Files.exists(target)) {
        var definitions = Files.createDirectories(workDir.resolve(DIRECTORY));
        var partial = Files.createTempDirectory(definitions, ".partial-");
        DefinitionCopy.write(pipelineFile, partial);
        move(partial, target);
      }
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "%s cannot be copied into %s".formatted(pipelineFile, workDir), e);
    }
  }

  /**
   * Where the copy of a definition is, or would be.
   *
   * @return the copied pipeline file
   * @throws dev.millrace.schemas.pipeline.file.PipelineException if the file has mistakes
   */
  public static Path path(Path workDir, Path pipelineFile) {
    try {
      return workDir
          .resolve(DIRECTORY)
          .resolve(digest(pipelineFile))
          .resolve(DefinitionCopy.FILE)
          .toAbsolutePath()
          .normalize();
    } catch (IOException e) {
      throw new UncheckedIOException(pipelineFile + " and its model cannot be read", e);
    }
  }

  /**
   * The newest copy of a definition of a generation.
   *
   * @return the copied pipeline file; null if there is none
   */
  static @Nullable Path find(Path workDir, String generation) {
    var definitions = workDir.resolve(DIRECTORY);
    if (!Files.isDirectory(definitions)) {
      return null;
    }
    try (var copies = Files.list(definitions)) {
      return copies
          .map(copy -> copy.resolve(DefinitionCopy.FILE))
          .filter(Files::isRegularFile)
          .filter(file -> isOf(generation, file))
          .max(Comparator.comparing(file -> file.toFile().lastModified()))
          .orElse(null);
    } catch (IOException e) {
      throw new UncheckedIOException(definitions + " cannot be listed", e);
    }
  }

  private static boolean isOf(String generation, Path file) {
    try {
      return Generation.of(PipelineFile.load(file)).equals(generation);
    } catch (PipelineException e) {
      return false; // Of a version of Millrace that accepted other files.
    }
  }

  /** A complete copy appears at once; another process may have made it meanwhile. */
  private static void move(Path partial, Path target) throws IOException {
    try {
      Files.move(partial, target);
    } catch (DirectoryNotEmptyException | FileAlreadyExistsException e) {
      try (var files = Files.walk(partial)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static String digest(Path pipelineFile) throws IOException {
    Model model = PipelineFile.load(pipelineFile).model();
    var artifact = artifact(model == null ? null : model.path());
    var text = DefinitionDigest.of(pipelineFile) + artifact;
    var shadow = artifact(model == null ? null : model.shadow());
    return Sha256.shortHex((shadow == null ? text : text + shadow).getBytes(UTF_8));
  }

  private static @Nullable ModelArtifact artifact(@Nullable Path model) throws IOException {
    return model == null ? null : ModelArtifact.read(model);
  }
}
