package dev.millrace.deploy.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.topic.LedgerReader;
import dev.millrace.deploy.audit.Ledger;
import dev.millrace.deploy.platform.Distribution;
import dev.millrace.deploy.platform.LocalPlatform;
import dev.millrace.deploy.platform.Component;
import dev.millrace.deploy.platform.PlatformConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the end-to-end tests share: the packaged distribution, started on free ports. */
public final class Packaged {
  public static final Distribution DISTRIBUTION =
      new Distribution(Path.of(System.getProperty(Distribution.HOME_PROPERTY)));

  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

  private Packaged() {}

  /** The root of the checkout that the tests run in. */
  public static Path repository() {
    // Maven runs a module's tests in the module's directory.
    return Path.of("..").toAbsolutePath().normalize();
  }

  public static LocalPlatform start(Path workDir, Path pipeline) throws InterruptedException {
    Map<Component, Integer> anyPort = new EnumMap<>(Component.class);
    for (Component part : Component.values()) {
      anyPort.put(part, 0);
    }
    return LocalPlatform.start(
        PlatformConfig.of(DISTRIBUTION, workDir, pipeline).withPorts(anyPort), System.out::println);
  }

  /** Copies a directory with all that is in it. */
  public static Path copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
    return to;
  }

  /** Runs a command of bin/millrace against the platform, and wants it to end well. */
  public static void run(LocalPlatform platform, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(DISTRIBUTION.home().resolve("bin/millrace").toString());
    command.addAll(List.of(arguments));
    command.add("--bootstrap-servers=" + platform.endpoints().bootstrapServers());
    command.add("--registry=" + platform.endpoints().registryUrl());
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
  }

  /** What a program prints, or null if it ends with an error; that goes to ours. */
  public static @Nullable String output(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? output : null;
  }

  /**
   * Asks until there is an answer.
   *
   * @param question null: not yet
   */
  public static <T> T await(String what, Duration atMost, Supplier<@Nullable T> question)
      throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    T answer = question.get();
    while (answer == null) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited %s in vain: %s".formatted(atMost, what));
      }
      Thread.sleep(FIRST_PAUSE.toMillis());
      answer = question.get();
    }
    return answer;
  }

  /** Waits until a fault has lasted for some time from now. */
  public static void awaitEndOf(Duration fault) throws InterruptedException {
    long start = System.nanoTime();
    await(
        "the end of the fault",
        fault.multipliedBy(2),
        () -> System.nanoTime() - start >= fault.toNanos() ? true : null);
  }

  /** Reads the topics back until every event has ended somewhere, or the time is over. */
  public static Ledger.Audit awaitNothingLost(LedgerReader auditor, Duration atMost)
      throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    Ledger.Audit audit = auditor.audit();
    Duration pause = FIRST_PAUSE;
    while (audit.lost() > 0 && System.nanoTime() < deadline) {
      Thread.sleep(pause.toMillis());
      // An audit reads all there is, and takes from what it watches.
      pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
      audit = auditor.audit();
    }
    return audit;
  }
}
