package dev.millrace.deploy.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.platform.Component;
import dev.millrace.deploy.platform.Distribution;
import dev.millrace.deploy.platform.LocalPlatform;
import dev.millrace.deploy.platform.PlatformConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The packaged distribution, and its commands. */
public final class Packaged {
  public static final Distribution DISTRIBUTION =
      new Distribution(Path.of(System.getProperty(Distribution.HOME_PROPERTY)));

  /**
   * The flag of the services' compiler. The optimizing compiler takes half of the CPU time until
   * they are ready; {@code -Dmillrace.it.jit=-XX:TieredStopAtLevel=4} lets it run, for long runs.
   */
  static final String JIT = System.getProperty("millrace.it.jit", "-XX:TieredStopAtLevel=1");

  private Packaged() {}

  /** The root of the checkout that the tests run in. */
  public static Path repository() {
    // Maven runs the tests of a module in its directory.
    return Path.of("../..").toAbsolutePath().normalize();
  }

  public static LocalPlatform start(Path workDir, Path pipeline) throws InterruptedException {
    Map<Component, Integer> anyPort = new EnumMap<>(Component.class);
    Map<Component, List<String>> flags = new EnumMap<>(Component.class);
    for (Component component : Component.values()) {
      anyPort.put(component, 0);
      flags.put(component, List.of(JIT, ClassArchives.flag(component)));
    }
    return LocalPlatform.start(
        PlatformConfig.of(DISTRIBUTION, workDir, pipeline).withPorts(anyPort).withJvmFlags(flags),
        System.out::println);
  }

  /** Copies a directory recursively. */
  public static Path copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
    return to;
  }

  /**
   * The files beneath a directory that a running process writes to. Files that the process deletes
   * meanwhile may be missing.
   */
  public static List<Path> filesBeneath(Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            found.add(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException && !file.equals(directory)) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }
        });
    return found;
  }

  /** Runs a command of bin/millrace on the platform and checks that it succeeds. */
  public static void run(LocalPlatform platform, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = command(platform, arguments);
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
  }

  /** Starts a command of bin/millrace on the platform; the caller ends it. */
  public static Process start(LocalPlatform platform, String... arguments) throws IOException {
    return new ProcessBuilder(command(platform, arguments)).inheritIO().start();
  }

  /** Runs a command of bin/millrace on the platform of a directory; checks that it succeeds. */
  public static void runIn(Path workDir, String... arguments)
      throws IOException, InterruptedException {
    runIn(workDir, 0, arguments);
  }

  /** Runs a command of bin/millrace on the platform of a directory, and checks its exit code. */
  public static String runIn(Path workDir, int exit, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(DISTRIBUTION.home().resolve("bin/millrace").toString());
    command.addAll(List.of(arguments));
    command.add("--dir=" + workDir);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> printed = new ArrayList<>();
    try (BufferedReader output = process.inputReader()) {
      output.lines().peek(System.out::println).forEach(printed::add);
    }
    assertThat(process.waitFor()).as(String.join(" ", command)).isEqualTo(exit);
    return String.join("\n", printed);
  }

  /**
   * The end of a command.
   *
   * @param errors what it printed on standard error
   */
  public record Result(int exit, String errors) {}

  /** Runs a command of bin/millrace on the platform, which may fail. */
  public static Result result(LocalPlatform platform, String... arguments)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command(platform, arguments))
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .start();
    String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), errors);
  }

  private static List<String> command(LocalPlatform platform, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(DISTRIBUTION.home().resolve("bin/millrace").toString());
    command.addAll(List.of(arguments));
    command.add("--bootstrap-servers=" + platform.endpoints().bootstrapServers());
    command.add("--registry=" + platform.endpoints().registryUrl());
    return command;
  }

  /** The standard output of a program; null if it fails. Its errors go to those of this process. */
  public static @Nullable String output(String... command)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? output : null;
  }
}
