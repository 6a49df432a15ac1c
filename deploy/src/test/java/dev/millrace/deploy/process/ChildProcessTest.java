package dev.millrace.deploy.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.deploy.child.ParentWatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  void crashIsToldWithTheEndOfTheLog(@TempDir Path dir) throws Exception {
    var crashed = new CompletableFuture<UnexpectedExit>();
    try (var child = child(dir, "seq 1 100; echo out of luck >&2; exit 3", crashed)) {
      child.start();

      var crash = crashed.get(30, TimeUnit.SECONDS);
      assertThat(crash.child()).isEqualTo("probe");
      assertThat(crash.exitCode()).isEqualTo(3);
      assertThat(crash.tail()).hasSize(25).endsWith("100", "out of luck");
      assertThat(crash.message())
          .contains("probe ended by itself with exit code 3", dir.resolve("log").toString())
          .contains("    out of luck");
    }
  }

  @Test
  void killOfAStrangerIsACrash(@TempDir Path dir) throws Exception {
    var crashed = new CompletableFuture<UnexpectedExit>();
    try (var child = child(dir, "touch ready; exec sleep 600", crashed)) {
      child.start();
      child.awaitReady();
      ProcessHandle.of(child.pid()).orElseThrow().destroyForcibly();
      assertThat(crashed.get(30, TimeUnit.SECONDS).exitCode()).isEqualTo(128 + 9);
    }
  }

  @Test
  void endThatWasAskedForIsNoCrash(@TempDir Path dir) throws Exception {
    var crashed = new CompletableFuture<UnexpectedExit>();
    try (var child = child(dir, "touch ready; exec sleep 600", crashed)) {
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
    assertThat(crashed).isNotDone();
  }

  @Test
  void frozenChildGoesOn(@TempDir Path dir) throws Exception {
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
  void endBeforeReadinessFailsTheWait(@TempDir Path dir) {
    try (var child = child(dir, "echo no such file; exit 1", new CompletableFuture<>())) {
      child.start();
      assertThatThrownBy(child::awaitReady)
          .isInstanceOf(PlatformException.class)
          .hasMessageContaining("exit code 1")
          .hasMessageContaining("no such file");
    }
  }

  @Test
  void childIsDeafToTheTerminal(@TempDir Path dir) throws Exception {
    var script = "touch ready; kill -INT $$; kill -HUP $$; touch survived; exec sleep 600";
    try (var child = child(dir, script, new CompletableFuture<>(), "survived")) {
      child.start();
      child.awaitReady();
      assertThat(child.isAlive()).isTrue();
    }
  }

  /** The parent here is a JVM that starts a leashed child and is then killed. */
  @Test
  void leashedChildDiesWithItsParent(@TempDir Path dir) throws Exception {
    var parent =
        new ProcessBuilder(java(), "-cp", classpath(), Parent.class.getName(), dir.toString())
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("parent.log").toFile())
            .start();
    try {
      var pidFile = dir.resolve("pid");
      await(() -> Files.exists(pidFile) && !Files.readString(pidFile).isEmpty());
      var child = ProcessHandle.of(Long.parseLong(Files.readString(pidFile))).orElseThrow();
      parent.destroyForcibly().waitFor();
      assertThat(child.onExit()).succeedsWithin(PATIENCE);
    } finally {
      parent.destroyForcibly();
    }
  }

  /** A held child starts nothing before it is let go. */
  @Test
  void heldChildWaits(@TempDir Path dir) throws Exception {
    var spec =
        new ChildSpec(
            "held",
            leashed(dir, "--hold"),
            dir,
            dir.resolve("log"),
            () -> Files.exists(dir.resolve("pid")),
            PATIENCE);
    try (var child = new ChildProcess(spec, crash -> {})) {
      child.start();
      assertThat(Files.exists(dir.resolve("pid"))).isFalse();
      child.go();
      child.awaitReady();
    }
  }

  /** What it does at its end takes some time, and the leash must not cut it short. */
  @Test
  void stoppedChildEndsInOrder(@TempDir Path dir) throws Exception {
    var pid = dir.resolve("pid");
    var spec =
        new ChildSpec(
            "orderly", leashed(dir), dir, dir.resolve("log"), () -> Files.exists(pid), PATIENCE);
    try (var child = new ChildProcess(spec, crash -> {})) {
      child.start();
      child.awaitReady();
      child.stop();
      assertThat(Path.of(pid + ".ended")).exists();
    }
  }

  /** Starts a leashed {@link Sleeper} and waits for ever. */
  static final class Parent {
    private Parent() {}

    public static void main(String[] arguments) throws Exception {
      new ProcessBuilder(leashed(Path.of(arguments[0])))
          .inheritIO()
          .redirectInput(ProcessBuilder.Redirect.PIPE)
          .start()
          .waitFor();
    }
  }

  /** Writes its process id and sleeps, and does not end at once when asked to. */
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

  private static List<String> leashed(Path dir, String... flags) {
    var command = new ArrayList<>(List.of(java(), "-cp", classpath(), ParentWatch.class.getName()));
    command.addAll(List.of(flags));
    command.addAll(List.of(Sleeper.class.getName(), dir.resolve("pid").toString()));
    return command;
  }

  private static ChildProcess child(Path dir, String script, CompletableFuture<UnexpectedExit> crashed) {
    return child(dir, script, crashed, "ready");
  }

  private static ChildProcess child(
      Path dir, String script, CompletableFuture<UnexpectedExit> crashed, String readyFile) {
    var spec =
        new ChildSpec(
            "probe",
            List.of("/bin/sh", "-c", script),
            dir,
            dir.resolve("log"),
            () -> Files.exists(dir.resolve(readyFile)),
            PATIENCE);
    return new ChildProcess(spec, crashed::complete);
  }

  private static String state(long pid) throws IOException, InterruptedException {
    var ps = new ProcessBuilder("ps", "-o", "state=", "-p", Long.toString(pid)).start();
    return new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static String classpath() {
    return System.getProperty("java.class.path");
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void await(Condition condition) throws IOException {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      LockSupport.parkNanos(20_000_000);
    }
  }
}
