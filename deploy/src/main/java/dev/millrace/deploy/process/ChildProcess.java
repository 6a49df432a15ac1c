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
 * One child process, which can be started again and again.
 *
 * <p>An end that this object was not asked for is a crash and is told to the listener, once. The
 * child is deaf to the terminal's Ctrl-C and hang-up: this process alone hears them, and ends its
 * children in order.
 */
public final class ChildProcess implements AutoCloseable {
  /** After this long without an end, a child that was told to stop is killed. */
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(15);

  private static final Duration POLL = Duration.ofMillis(100);
  private static final int TAIL_LINES = 25;
  private static final int TAIL_BYTES = 16 * 1024;

  /** An ignored signal stays ignored over exec, and the JVM respects that. */
  private static final List<String> DEAF =
      List.of("/bin/sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh");

  private final ChildSpec spec;
  private final Consumer<UnexpectedExit> onCrash;
  private @Nullable Run run;

  public ChildProcess(ChildSpec spec, Consumer<UnexpectedExit> onCrash) {
    this.spec = spec;
    this.onCrash = onCrash;
  }

  /** The name in messages and file names. */
  public String name() {
    return spec.name();
  }

  /** Starts it, unless it runs. Returns at once: see {@link #awaitReady}. */
  public synchronized void start() {
    if (run != null && run.process.isAlive()) {
      return;
    }
    var command = new ArrayList<>(DEAF);
    command.addAll(spec.command());
    var builder =
        new ProcessBuilder(command)
            .directory(spec.directory().toFile())
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(spec.log().toFile()));
    try {
      var started = new Run(builder.start());
      run = started;
      var unused = started.process.onExit().thenAccept(process -> ended(started));
    } catch (IOException e) {
      throw new PlatformException(name() + " cannot be started: " + e.getMessage(), e);
    }
  }

  /** Lets a child go on that was started on hold; see {@link ParentWatch#awaitGo}. */
  public synchronized void go() {
    if (run != null) {
      run.go();
    }
  }

  /**
   * Waits until the child does its work.
   *
   * @throws PlatformException when it ends before, or takes longer than its patience
   */
  public void awaitReady() throws InterruptedException {
    var deadline = System.nanoTime() + spec.patience().toNanos();
    while (!spec.ready().ready()) {
      if (!isAlive()) {
        throw new PlatformException(crash().message());
      }
      if (System.nanoTime() > deadline) {
        throw new PlatformException(
            "%s was not ready after %d s; the end of its log (%s):%n%s"
                .formatted(
                    name(),
                    spec.patience().toSeconds(),
                    spec.log(),
                    String.join(System.lineSeparator(), tail()).indent(4)));
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

  /** Asks it to end (SIGTERM), and kills it when it does not in time. No crash is told. */
  public synchronized void stop() {
    if (run != null) {
      run.expected = true;
      if (run.suspended) {
        resume();
      }
      // Process.destroy would close the child's standard input as well, and so end its leash.
      run.process.toHandle().destroy();
      if (!run.endsWithin(STOP_PATIENCE)) {
        killHard();
      }
    }
  }

  /** Ends it as {@code kill -9} does, and returns once it is gone. No crash is told. */
  public synchronized void killHard() {
    if (run != null) {
      run.expected = true;
      run.process.destroyForcibly();
      run.endsWithin(STOP_PATIENCE);
    }
  }

  /** Stops it if it runs, starts it, lets it go on; see {@link #awaitReady}. */
  public synchronized void restart() {
    stop();
    start();
    go();
  }

  /** Freezes it (SIGSTOP): its ports stay open, nobody answers. */
  public synchronized void suspend() {
    current().signal("STOP");
    current().suspended = true;
  }

  /** Lets a frozen child go on (SIGCONT). */
  public synchronized void resume() {
    current().signal("CONT");
    current().suspended = false;
  }

  /** The last lines of its log. */
  public List<String> tail() {
    try (var file = new RandomAccessFile(spec.log().toFile(), "r")) {
      var from = Math.max(0, file.length() - TAIL_BYTES);
      var bytes = new byte[(int) (file.length() - from)];
      file.seek(from);
      file.readFully(bytes);
      var lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
      return lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
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

  private UnexpectedExit crash() {
    return new UnexpectedExit(name(), current().process.exitValue(), spec.log(), tail());
  }

  private void ended(Run ended) {
    if (!ended.expected) {
      onCrash.accept(new UnexpectedExit(name(), ended.process.exitValue(), spec.log(), tail()));
    }
  }

  /** One life of the child. */
  private static final class Run {
    private final Process process;
    private volatile boolean expected;
    private boolean suspended;

    private Run(Process process) {
      this.process = process;
    }

    private void go() {
      try {
        process.getOutputStream().write(ParentWatch.GO);
        process.getOutputStream().flush();
      } catch (IOException e) {
        // It has ended; whoever waits for it is told why.
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
        throw new PlatformException("no kill command to send SIG" + signal + " with", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private boolean endsWithin(Duration patience) {
      try {
        return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        // Whoever interrupts wants an end now.
        process.destroyForcibly();
        Thread.currentThread().interrupt();
        return true;
      }
    }
  }
}
