package dev.millrace.schemas.flink.job;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;

/**
 * The files that the arguments of a job name, as local files. Besides local paths these may be
 *
 * <ul>
 *   <li>URIs of Flink's file systems, such as {@code s3://bucket/payments/pipeline.yaml}: the
 *       directory of the file is copied, since a pipeline file names schemas and a model beside it;
 *   <li>{@code jar:pipeline.yaml}: a file in the directory {@code pipeline/} of the jar that was
 *       submitted, with all that is beside it.
 * </ul>
 */
public final class PipelineArgument implements ITypeConverter<Path> {
  /** The scheme of files in the jar of the job. */
  public static final String JAR = "jar:";

  /** The directory in the jar. */
  static final String JAR_DIRECTORY = "pipeline/";

  /** A URI with a scheme of two letters or more, so that a drive is not one. */
  private static final Pattern URI_WITH_SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]+:/.*");

  private final Path jar;

  /**
   * @param jar in which files named {@link #JAR} are
   */
  PipelineArgument(Path jar) {
    this.jar = jar;
  }

  /**
   * The command line of a job's main class, whose options of type {@link Path} may name such files.
   *
   * @param main the object with the options
   */
  public static CommandLine commandLine(Object main) {
    return new CommandLine(main)
        .registerConverter(Path.class, new PipelineArgument(jarOf(main.getClass())));
  }

  private static Path jarOf(Class<?> main) {
    try {
      return Path.of(main.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Path convert(String value) {
    try {
      if (value.startsWith(JAR)) {
        return fromJar(value.substring(JAR.length()));
      }
      return URI_WITH_SCHEME.matcher(value).matches() ? fromFileSystem(value) : Path.of(value);
    } catch (IOException e) {
      throw new UncheckedIOException(value + " cannot be read: " + e.getMessage(), e);
    }
  }

  private Path fromJar(String name) throws IOException {
    Path directory = temporary();
    try (InputStream file = Files.newInputStream(jar);
        ZipInputStream entries = new ZipInputStream(file)) {
      for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        if (entry.getName().startsWith(JAR_DIRECTORY) && !entry.isDirectory()) {
          write(entries, directory, entry.getName().substring(JAR_DIRECTORY.length()));
        }
      }
    }
    Path found = directory.resolve(name);
    if (!Files.exists(found)) {
      throw new IOException(
          "%s has no file %s; 'millrace submit' adds it".formatted(jar, JAR_DIRECTORY + name));
    }
    return found;
  }

  private static void write(InputStream from, Path directory, String name) throws IOException {
    Path to = directory.resolve(name).normalize();
    if (!to.startsWith(directory)) {
      throw new IOException("the entry %s is outside its directory".formatted(name));
    }
    Files.createDirectories(Objects.requireNonNull(to.getParent()));
    Files.copy(from, to);
  }

  private static Path fromFileSystem(String uri) throws IOException {
    org.apache.flink.core.fs.Path file = new org.apache.flink.core.fs.Path(URI.create(uri));
    FileSystem files = file.getFileSystem();
    if (files.getFileStatus(file).isDir()) {
      throw new IOException("it is a directory; name a file in it");
    }
    Path directory = temporary();
    copy(files, file.getParent(), directory);
    return directory.resolve(file.getName());
  }

  private static void copy(FileSystem files, org.apache.flink.core.fs.Path from, Path to)
      throws IOException {
    Files.createDirectories(to);
    for (FileStatus status : files.listStatus(from)) {
      Path copy = to.resolve(status.getPath().getName());
      if (status.isDir()) {
        copy(files, status.getPath(), copy);
      } else {
        try (FSDataInputStream in = files.open(status.getPath())) {
          Files.copy(in, copy);
        }
      }
    }
  }

  /** Small, and read while the job is submitted; the system's cleaning of such files ends it. */
  private static Path temporary() throws IOException {
    return Files.createTempDirectory("millrace-pipeline-");
  }
}
