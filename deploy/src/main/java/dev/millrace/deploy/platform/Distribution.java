package dev.millrace.deploy.platform;

import dev.millrace.deploy.process.PlatformException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The directory of an unpacked distribution; {@code mvn package} makes it in deploy/target. */
public record Distribution(Path home) {
  /** The system property with the path of the distribution; bin/millrace sets it. */
  public static final String HOME_PROPERTY = "millrace.home";

  private static final String REGISTRY_RUNNER = "apicurio-registry-app-.*-runner\\.jar";

  public Distribution {
    home = home.toAbsolutePath().normalize();
    if (!Files.isDirectory(home.resolve("lib"))) {
      throw new PlatformException(
          home + " has no directory lib, so it is not a distribution; run deploy/bin/millrace");
    }
  }

  /** The distribution that this process was started from. */
  public static Distribution current() {
    var home = System.getProperty(HOME_PROPERTY);
    if (home == null) {
      throw new PlatformException(
          "the system property " + HOME_PROPERTY + " is not set; run bin/millrace");
    }
    return new Distribution(Path.of(home));
  }

  /** The directory of the examples; in a checkout bin/millrace sets the one of the checkout. */
  public Path examples() {
    var examples = System.getProperty("millrace.examples");
    return examples == null ? home.resolve("examples") : Path.of(examples);
  }

  /** The class path of every jar in some directories of lib, after that of a child process. */
  public String classpath(String... directories) {
    return Stream.concat(Stream.of("child"), Stream.of(directories))
        .map(directory -> lib(directory) + "/*")
        .collect(Collectors.joining(File.pathSeparator));
  }

  private Path lib(String directory) {
    return home.resolve("lib").resolve(directory);
  }

  /** The jar of the features job and the drift job, for any Flink cluster. */
  public Path flinkJar() {
    return lib("flink-jar").resolve("millrace-flink.jar");
  }

  /** The logging configuration of the child processes. */
  public Path serviceLogging() {
    return home.resolve("conf/logback-service.xml");
  }

  /** The logging configuration of commands in a terminal. */
  public Path commandLogging() {
    return home.resolve("conf/logback-cli.xml");
  }

  /** The runner jar of the registry; its manifest names the other jars. */
  Path registryRunner() {
    var directory = lib("registry");
    try (var files = Files.list(directory)) {
      List<Path> found =
          files.filter(f -> f.getFileName().toString().matches(REGISTRY_RUNNER)).toList();
      if (found.size() != 1) {
        throw new PlatformException(
            "%s must contain one file %s, but contains %s; unpack the distribution again"
                .formatted(directory, REGISTRY_RUNNER, found));
      }
      return found.get(0);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + " cannot be read", e);
    }
  }
}
