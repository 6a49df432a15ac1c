package dev.millrace.deploy.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @Test
  void unexpectedExitIsReportedWithTheEndOfTheLog(@TempDir Path dir) throws Exception {
    var exited = new CompletableFuture<UnexpectedExit>();
    try (var child = child(dir, "seq 1 100; echo disk full >&2; exit 3", exited)) {
      child.start();

      var exit = exited.get(30, TimeUnit.SECONDS);
      assertThat(exit.child()).isEqualTo("probe");
      assertThat(exit.exitCode()).isEqualTo(3);
      assertThat(exit.lastLines()).hasSize(25).endsWith("100", "disk full");
      assertThat(exit.message())
          .contains("probe exited unexpectedly with exit code 3", dir.resolve("log").toString())
          .contains("    disk full");
    }
  }

  @Test
  void killByAnotherProcessIsAnUnexpectedExit(@TempDir Path dir) throws Exception {
    var exited = new CompletableFuture<UnexpectedExit>();
    try (var child = child(dir, "touch ready; exec sleep 600", exited)) {
      child.start();
      child.awaitReady();
      ProcessHandle.of(child.pid()).orElseThrow().destroyForcibly();
      assertThat(exited.get(30, TimeUnit.SECONDS).exitCode()).isEqualTo(128 + 9);
    }
  }

  @Test
  void requestedExitIsNotReported(@TempDir Path dir) throws Exception {
    var exited = new CompletableFuture<UnexpectedExit>();
    try (var child = child(dir, "touch ready; exec sleep 600", exited)) {
      child.start();
      child.awaitReady();
      var first = child.pid();
      child.killHard();
      assertThat(child.isAlive()).isFalse();
      child.restart();
      assertThat(child.pid()).isNotEqualTo(first);
      child.suspend();
      child.stop();
      assertThat(child.isAlive()).isFalse();
    }
    assertThat(exited).isNotDone();
  }

  @Test
  void aReplacedChildRunsTheOtherCommand(@TempDir Path dir) throws Exception {
    var exited = new CompletableFuture<UnexpectedExit>();
    try (var child = child(dir, "touch ready; exec sleep 600", exited)) {
      child.start();
      child.awaitReady();
      child.replace(spec(dir, "echo second; touch second; exec sleep 600", "second"));
      assertThat(child.isAlive()).isTrue();
      assertThat(child.lastLines()).containsExactly("second");
      assertThat(exited).isNotDone();

      ProcessHandle.of(child.pid()).orElseThrow().destroyForcibly();
      assertThat(exited.get(30, TimeUnit.SECONDS).exitCode()).isEqualTo(128 + 9);
    }
  }

  @Test
  void aReplacementThatFailsLeavesTheChildAsItWas(@TempDir Path dir) throws Exception {
    var exited = new CompletableFuture<UnexpectedExit>();
    try (var child = child(dir, "echo first; touch ready; exec sleep 600", exited)) {
      child.start();
      child.awaitReady();
      assertThatThrownBy(() -> child.replace(spec(dir, "echo bad model; exit 1", "never")))
          .isInstanceOf(PlatformException.class)
          .hasMessageContaining("bad model")
          .hasMessageContaining("probe runs as before again");
      assertThat(child.isAlive()).isTrue();
      // Its file of readiness exists from the first run, so it may not have written yet.
      await()
          .atMost(TIMEOUT)
          .untilAsserted(
              () -> assertThat(child.lastLines()).containsExactly("first", "bad model", "first"));
      assertThat(exited).isNotDone();
    }
  }

  @Test
  void suspendedChildResumes(@TempDir Path dir) throws Exception {
    try (var child = child(dir, "touch ready; exec sleep 600", new CompletableFuture<>())) {
      child.start();
      child.awaitReady();
      child.suspend();
      assertThat(state(child.pid())).isEqualTo("T");
      child.resume();
      assertThat(state(child.pid())).isNotEqualTo("T");
    }
  }

  @Test
  void exitBeforeReadinessFailsTheWait(@TempDir Path dir) {
    try (var child = child(dir, "echo no such file; exit 1", new CompletableFuture<>())) {
      child.start();
      assertThatThrownBy(child::awaitReady)
          .isInstanceOf(PlatformException.class)
          .hasMessageContaining("exit code 1")
          .hasMessageContaining("no such file");
    }
  }

  @Test
  void childIgnoresTheSignalsOfTheTerminal(@TempDir Path dir) throws Exception {
    var script = "touch ready; kill -INT $$; kill -HUP $$; touch survived; exec sleep 600";
    try (var child = child(dir, script, new CompletableFuture<>(), "survived")) {
      child.start();
      child.awaitReady();
      assertThat(child.isAlive()).isTrue();
    }
  }

  /** The parent is a JVM that starts a watched child and is then killed. */
  @Test
  void watchedChildEndsWithItsParent(@TempDir Path dir) throws Exception {
    var parent =
        new ProcessBuilder(
                new JavaCommand(List.of(), System.getProperty("java.class.path"))
                    .run(Parent.class.getName(), List.of(dir.toString())))
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("parent.log").toFile())
            .start();
    try {
      var pidFile = dir.resolve("pid");
      await()
          .atMost(TIMEOUT)
          .until(() -> Files.exists(pidFile) && !Files.readString(pidFile).isEmpty());
      var child = ProcessHandle.of(Long.parseLong(Files.readString(pidFile))).orElseThrow();
      parent.destroyForcibly().waitFor();
      assertThat(child.onExit()).succeedsWithin(TIMEOUT);
    } finally {
      parent.destroyForcibly();
    }
  }

  /** The main class of a held child is not called before the start signal. */
  @Test
  void heldChildWaitsForTheStartSignal(@TempDir Path dir) throws Exception {
    var spec =
        new ChildSpec(
            "held",
            watched(dir, true),
            dir,
            dir.resolve("log"),
            () -> Files.exists(dir.resolve("pid")),
            TIMEOUT);
    try (var child = new ChildProcess(spec, crash -> {})) {
      child.start();
      assertThat(Files.exists(dir.resolve("pid"))).isFalse();
      child.sendStartSignal();
      child.awaitReady();
    }
  }

  /** The shutdown hook takes some time; the parent watch must not interrupt it. */
  @Test
  void stoppedChildShutsDownCleanly(@TempDir Path dir) throws Exception {
    var pid = dir.resolve("pid");
    var spec =
        new ChildSpec(
            "clean",
            watched(dir, false),
            dir,
            dir.resolve("log"),
            () -> Files.exists(pid),
            TIMEOUT);
    try (var child = new ChildProcess(spec, crash -> {})) {
      child.start();
      child.awaitReady();
      child.stop();
      assertThat(Path.of(pid + ".ended")).exists();
    }
  }

  /** Starts a watched {@link Sleeper} and waits for its end. */
  static final class Parent {
    private Parent() {}

    public static void main(String[] arguments) throws Exception {
      new ProcessBuilder(watched(Path.of(arguments[0]), false))
          .inheritIO()
          .redirectInput(ProcessBuilder.Redirect.PIPE)
          .start()
          .waitFor();
    }
  }

  /** Writes its process id and sleeps; its shutdown takes half a second. */
  public static final class Sleeper {
    private Sleeper() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(arguments[0])));
      Files.writeString(Path.of(arguments[0]), Long.toString(ProcessHandle.current().pid()));
      new CompletableFuture<Void>().join();
    }

    private static void end(String pidFile) {
      LockSupport.parkNanos(500_000_000);
      try {
        Files.createFile(Path.of(pidFile + ".ended"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static List<String> watched(Path dir, boolean held) {
    var command = new JavaCommand(List.of(), System.getProperty("java.class.path"));
    var arguments = List.of(dir.resolve("pid").toString());
    var main = Sleeper.class.getName();
    return held ? command.runHeldChild(main, arguments) : command.runChild(main, arguments);
  }

  private static ChildProcess child(
      Path dir, String script, CompletableFuture<UnexpectedExit> exited) {
    return child(dir, script, exited, "ready");
  }

  private static ChildProcess child(
      Path dir, String script, CompletableFuture<UnexpectedExit> exited, String readyFile) {
    return new ChildProcess(spec(dir, script, readyFile), exited::complete);
  }

  private static ChildSpec spec(Path dir, String script, String readyFile) {
    return new ChildSpec(
        "probe",
        List.of("/bin/sh", "-c", script),
        dir,
        dir.resolve("log"),
        () -> Files.exists(dir.resolve(readyFile)),
        TIMEOUT);
  }

  private static String state(long pid) throws IOException, InterruptedException {
    var ps = new ProcessBuilder("ps", "-o", "state=", "-p", Long.toString(pid)).start();
    return new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }
}
