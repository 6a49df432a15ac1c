package dev.millrace.ingest.producer.console;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/** Shows the progress of a replay to a person. */
public interface Progress extends AutoCloseable {
  /**
   * @param events sent so far
   * @param bytes read so far of the files as they are on disk
   * @param eventTime of the event sent last
   */
  void at(long events, long bytes, Instant eventTime);

  @Override
  void close();

  /** A progress bar if stderr is a terminal, else a line every few seconds. */
  static Progress to(PrintStream err, long totalBytes) {
    return isTerminal() ? new Bar(err, totalBytes) : new Lines(err, totalBytes);
  }

  /**
   * Whether stderr is a terminal, by the process's file descriptor on Linux; false on other
   * systems.
   */
  private static boolean isTerminal() {
    Path err = Path.of("/proc/self/fd/2");
    try {
      String target = Files.readSymbolicLink(err).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (java.io.IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  /** One line that is redrawn. */
  final class Bar implements Progress {
    private static final long MEBIBYTE = 1024L * 1024;

    private final ProgressBar bar;

    Bar(PrintStream err, long totalBytes) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("replay")
              .setInitialMax(totalBytes)
              .setUnit(" MiB", MEBIBYTE)
              .setConsumer(new ConsoleProgressBarConsumer(err))
              .build();
    }

    @Override
    public void at(long events, long bytes, Instant eventTime) {
      bar.stepTo(bytes);
      bar.setExtraMessage(" %,d events, %s".formatted(events, eventTime));
    }

    @Override
    public void close() {
      bar.close();
    }
  }

  /** A line every few seconds. */
  final class Lines implements Progress {
    private static final long EVERY_NANOS = Duration.ofSeconds(5).toNanos();

    private final PrintStream err;
    private final long totalBytes;
    private long lastNanos = System.nanoTime();
    private long lastEvents;

    public Lines(PrintStream err, long totalBytes) {
      this.err = err;
      this.totalBytes = Math.max(1, totalBytes);
    }

    @Override
    public void at(long events, long bytes, Instant eventTime) {
      long nowNanos = System.nanoTime();
      if (nowNanos - lastNanos < EVERY_NANOS) {
        return;
      }
      double perSecond = (events - lastEvents) * 1e9 / (nowNanos - lastNanos);
      err.printf(
          "replay: %,d events, %d %% of the files, %s, %,.0f events/s%n",
          events, 100 * bytes / totalBytes, eventTime, perSecond);
      lastNanos = nowNanos;
      lastEvents = events;
    }

    @Override
    public void close() {}
  }
}
