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

/** An unpacked distribution: what {@code mvn package} leaves in {@code deploy/target}. */
public record Distribution(Path home) {
  /** The system property with which bin/millrace names its distribution. */
  public static final String HOME_PROPERTY = "millrace.home";

  public Distribution {
    home = home.toAbsolutePath().normalize();
    if (!Files.isDirectory(home.resolve("lib"))) {
      throw new PlatformException(
          home + " holds no lib directory, so it is no distribution; run deploy/bin/millrace");
    }
  }

  /** The distribution that this process was started from. */
  public static Distribution current() {
    var home = System.getProperty(HOME_PROPERTY);
    if (home == null) {
      throw new PlatformException(
          "the system property " + HOME_PROPERTY + " is not set; start me with bin/millrace");
    }
    return new Distribution(Path.of(home));
  }

  /** The example pipelines; a checkout's launcher names those of the checkout. */
  public Path examples() {
    var examples = System.getProperty("millrace.examples");
    return examples == null ? home.resolve("examples") : Path.of(examples);
  }

  /** The classpath of some of lib's directories, every jar in each, and the deploy jar first. */
  public String classpath(String... directories) {
    return Stream.concat(
            Stream.of(ownJar().toString()), Stream.of(directories).map(d -> lib(d) + "/*"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** The directory of a part's jars. */
  public Path lib(String directory) {
    return home.resolve("lib").resolve(directory);
  }

  /** The logging configuration of the children. */
  public Path serviceLogging() {
    return home.resolve("conf/logback-service.xml");
  }

  /** The logging configuration of commands at the terminal. */
  public Path commandLogging() {
    return home.resolve("conf/logback-cli.xml");
  }

  /** The registry's runner jar; its manifest names the rest. */
  Path registryRunner() {
    return single(lib("registry"), "-runner.jar", "apicurio-registry-app");
  }

  private Path ownJar() {
    return single(lib("deploy"), ".jar", "millrace-deploy-");
  }

  private static Path single(Path directory, String suffix, String prefix) {
    try (var files = Files.list(directory)) {
      List<Path> found =
          files
              .filter(
                  f -> {
                    var name = f.getFileName().toString();
                    return name.startsWith(prefix) && name.endsWith(suffix);
                  })
              .toList();
      if (found.size() != 1) {
        throw new PlatformException(
            "%s should hold one %s*%s, but holds %s; unpack the distribution again"
                .formatted(directory, prefix, suffix, found));
      }
      return found.get(0);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + " cannot be read", e);
    }
  }
}
