package dev.millrace.deploy.process;

import dev.millrace.deploy.child.ParentWatch;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One child process, which can be started several times.
 *
 * <p>An exit that was not requested through this object is reported to the listener once. The child
 * ignores SIGINT (Ctrl-C) and SIGHUP of the terminal: only this process handles them, and stops its
 * children in order.
 */
public final class ChildProcess implements AutoCloseable {
  /** A child that has not exited within this time after SIGTERM is killed. */
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);

  private static final Duration POLL = Duration.ofMillis(100);
  private static final int LAST_LINES = 25;
  private static final int LAST_BYTES = 16 * 1024;

  /** An ignored signal stays ignored after exec, and the JVM keeps it ignored. */
  private static final List<String> IGNORE_TERMINAL_SIGNALS =
      List.of("/bin/sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh");

  private volatile ChildSpec spec;
  private final Consumer<UnexpectedExit> onUnexpectedExit;
  private @Nullable Run run;

  public ChildProcess(ChildSpec spec, Consumer<UnexpectedExit> onUnexpectedExit) {
    this.spec = spec;
    this.onUnexpectedExit = onUnexpectedExit;
  }

  /** The same command, but its process ignores SIGINT and SIGHUP of the terminal. */
  public static List<String> ignoringTerminalSignals(List<String> command) {
    var all = new ArrayList<>(IGNORE_TERMINAL_SIGNALS);
    all.addAll(command);
    return all;
  }

  /** The name in messages and file names. */
  public String name() {
    return spec.name();
  }

  /** Starts it if it is not running. {@link #awaitReady} waits until it is ready. */
  public synchronized void start() {
    if (run == null || !run.process.isAlive()) {
      launch(false);
    }
  }

  /**
   * @param exitExpected whether an exit is not reported
   */
  private void launch(boolean exitExpected) {
    var command = ignoringTerminalSignals(spec.command());
    var builder =
        new ProcessBuilder(command)
            .directory(spec.directory().toFile())
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(spec.log().toFile()));
    try {
      var started = new Run(builder.start(), exitExpected);
      run = started;
      var unused = started.process.onExit().thenAccept(process -> exited(started));
    } catch (IOException e) {
      throw new PlatformException(name() + " cannot be started: " + e.getMessage(), e);
    }
  }

  /**
   * Sends the start signal to a child that waits for it; see {@link ParentWatch#awaitStartSignal}.
   */
  public synchronized void sendStartSignal() {
    if (run != null) {
      run.sendStartSignal();
    }
  }

  /**
   * Waits until the child is ready.
   *
   * @throws PlatformException if it exits before, or is not ready within its start timeout
   */
  public void awaitReady() throws InterruptedException {
    var deadline = System.nanoTime() + spec.startTimeout().toNanos();
    while (!spec.readiness().isReady()) {
      if (!isAlive()) {
        throw new PlatformException(unexpectedExit().message());
      }
      if (System.nanoTime() > deadline) {
        throw new PlatformException(
            "%s was not ready after %d s; the end of its log (%s):%n%s"
                .formatted(
                    name(),
                    spec.startTimeout().toSeconds(),
                    spec.log(),
                    String.join(System.lineSeparator(), lastLines()).indent(4)));
      }
      Thread.sleep(POLL.toMillis());
    }
  }

  public synchronized boolean isAlive() {
    return run != null && run.process.isAlive();
  }

  /** The process id of the latest start. */
  public synchronized long pid() {
    return current().process.pid();
  }

  /** Stops it (SIGTERM), and kills it after a timeout. The exit is not reported as unexpected. */
  public synchronized void stop() {
    if (run != null) {
      run.requested = true;
      if (run.suspended) {
        resume();
      }
      // Process.destroy would also close the standard input of the child, which makes it halt.
      run.process.toHandle().destroy();
      if (!run.awaitExit(STOP_TIMEOUT)) {
        killHard();
      }
    }
  }

  /** Kills it (SIGKILL) and waits for its exit, which is not reported as unexpected. */
  public synchronized void killHard() {
    if (run != null) {
      run.requested = true;
      run.process.destroyForcibly();
      run.awaitExit(STOP_TIMEOUT);
    }
  }

  /** Stops it if it runs, starts it and sends the start signal; see {@link #awaitReady}. */
  public synchronized void restart() {
    stop();
    start();
    sendStartSignal();
  }

  /** Makes later starts use another command; a child that runs is not changed. */
  public void use(ChildSpec next) {
    spec = next;
  }

  /**
   * Restarts it with another command and waits until it is ready. An exit meanwhile is not reported
   * as unexpected.
   *
   * @return the time from the stop until it was ready
   * @throws PlatformException if it does not become ready; it is then restarted as it was before,
   *     and the message says how that ended
   */
  public Duration replace(ChildSpec next) throws InterruptedException {
    var before = spec;
    var startedNanos = System.nanoTime();
    try {
      restartWatched(next);
      return Duration.ofNanos(System.nanoTime() - startedNanos);
    } catch (PlatformException failure) {
      try {
        restartWatched(before);
      } catch (PlatformException e) {
        failure.addSuppressed(e);
        throw new PlatformException(
            "%s%n%s does not start as before either: %s"
                .formatted(failure.getMessage(), name(), e.getMessage()),
            failure);
      }
      throw new PlatformException(
          "%s%n%s runs as before again".formatted(failure.getMessage(), name()), failure);
    }
  }

  private void restartWatched(ChildSpec next) throws InterruptedException {
    synchronized (this) {
      stop();
      spec = next;
      launch(true);
      sendStartSignal();
    }
    awaitReady();
    synchronized (this) {
      current().requested = false;
      if (!isAlive()) {
        throw new PlatformException(unexpectedExit().message());
      }
    }
  }

  /** Suspends it (SIGSTOP): its ports stay open, without answers. */
  public synchronized void suspend() {
    current().signal("STOP");
    current().suspended = true;
  }

  /** Resumes a suspended child (SIGCONT). */
  public synchronized void resume() {
    current().signal("CONT");
    current().suspended = false;
  }

  /** The last lines of its log. */
  List<String> lastLines() {
    try (var file = new RandomAccessFile(spec.log().toFile(), "r")) {
      var from = Math.max(0, file.length() - LAST_BYTES);
      var bytes = new byte[(int) (file.length() - from)];
      file.seek(from);
      file.readFully(bytes);
      var lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
      return lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size());
    } catch (IOException e) {
      return List.of("(" + spec.log() + " cannot be read: " + e.getMessage() + ")");
    }
  }

  @Override
  public void close() {
    stop();
  }

  private synchronized Run current() {
    if (run == null) {
      throw new IllegalStateException(name() + " was never started");
    }
    return run;
  }

  private UnexpectedExit unexpectedExit() {
    return new UnexpectedExit(name(), current().process.exitValue(), spec.log(), lastLines());
  }

  private void exited(Run exited) {
    if (!exited.requested) {
      onUnexpectedExit.accept(
          new UnexpectedExit(name(), exited.process.exitValue(), spec.log(), lastLines()));
    }
  }

  /** One run of the child, from its start to its exit. */
  private static final class Run {
    private final Process process;
    private volatile boolean requested;
    private boolean suspended;

    private Run(Process process, boolean requested) {
      this.process = process;
      this.requested = requested;
    }

    private void sendStartSignal() {
      try {
        process.getOutputStream().write(ParentWatch.START_SIGNAL);
        process.getOutputStream().flush();
      } catch (IOException e) {
        // It has exited; awaitReady reports the reason.
      }
    }

    private void signal(String signal) {
      try {
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
            .redirectErrorStream(true)
            .redirectOutput(Redirect.DISCARD)
            .start()
            .waitFor();
      } catch (IOException e) {
        throw new PlatformException(
            "the command kill, which sends SIG" + signal + ", cannot be run", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private boolean awaitExit(Duration timeout) {
      try {
        return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        // An interrupted stop must not wait any longer.
        process.destroyForcibly();
        Thread.currentThread().interrupt();
        return true;
      }
    }
  }
}
