package dev.millrace.ingest.producer.replay;

import dev.millrace.ingest.producer.console.Progress;
import dev.millrace.ingest.producer.files.ByteCount;
import dev.millrace.ingest.producer.files.RejectedRow;
import dev.millrace.ingest.producer.files.RejectedRowPolicy;
import dev.millrace.ingest.producer.files.Row;
import dev.millrace.ingest.producer.files.RowMerge;
import dev.millrace.ingest.producer.pacing.Pacer;
import dev.millrace.ingest.producer.pacing.StopSignal;
import dev.millrace.ingest.producer.publish.EventPublisher;
import dev.millrace.ingest.producer.publish.ProgressReporter;
import dev.millrace.ingest.producer.publish.SourcePublisher;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Publishes the rows of files, each when it is due. */
final class Replay {
  /** Rows between two updates of the progress; drawing it takes longer than sending a row. */
  private static final int ROWS_PER_PROGRESS = 256;

  /**
   * Which rows to send and how fast.
   *
   * @param speed event time per wall-clock time; infinite for full speed
   * @param from rows before this event time are skipped
   * @param until the replay stops before the first row of this event time or later
   * @param rows the largest number of rows
   */
  record Limits(double speed, Instant from, Instant until, long rows) {}

  private final EventPublisher publisher;
  private final Pacer pacer;
  private final StopSignal stop;
  private final Progress progress;
  private final ByteCount bytes;
  private final Map<String, SourcePublisher> sources;
  private final ProgressReporter reporter;
  private long sent;
  private @Nullable Instant first;
  private Instant last = Instant.MIN;

  Replay(
      EventPublisher publisher,
      Pacer pacer,
      StopSignal stop,
      Progress progress,
      ByteCount bytes,
      Map<String, SourcePublisher> sources,
      ProgressReporter reporter) {
    this.publisher = publisher;
    this.pacer = pacer;
    this.stop = stop;
    this.progress = progress;
    this.bytes = bytes;
    this.sources = sources;
    this.reporter = reporter;
  }

  /**
   * Sends until the rows or the limits end, or a stop is requested, and flushes. At the end the
   * progress is beyond the last row, so that nothing has to wait for a later event.
   */
  void run(RowMerge rows, Limits limits) throws IOException, RejectedRow {
    boolean paced = !Double.isInfinite(limits.speed());
    try {
      Row row = firstFrom(limits.from(), rows);
      pacer.restart();
      while (row != null
          && row.time().isBefore(limits.until())
          && sent < limits.rows()
          && !stop.requested()) {
        long dueNanos = paced ? dueNanos(row.time(), limits.speed()) : 0;
        // The rows of all files are in order.
        reporter.reached(row.time(), dueNanos - pacer.elapsedNanos());
        if (paced) {
          pacer.await(dueNanos);
        }
        if (!stop.requested()) {
          send(row);
          row = rows.next();
        }
      }
      if (row != null) {
        reporter.reached(row.time(), 0);
      } else if (first != null) {
        reporter.reached(last.plusMillis(1), 0);
      }
      reporter.publish();
    } finally {
      publisher.flush();
    }
  }

  private static @Nullable Row firstFrom(Instant from, RowMerge rows)
      throws IOException, RejectedRow {
    Row row = rows.next();
    while (row != null && row.time().isBefore(from)) {
      row = rows.next();
    }
    return row;
  }

  private void send(Row row) {
    SourcePublisher source = Objects.requireNonNull(sources.get(row.source()), row.source());
    source.publish(row.key(), source.encode(row.record()));
    first = first == null ? row.time() : first;
    last = row.time();
    sent++;
    if (sent % ROWS_PER_PROGRESS == 0) {
      progress.at(sent, bytes.bytes(), last);
    }
  }

  private long dueNanos(Instant time, double speed) {
    if (first == null) {
      return 0;
    }
    return (long) (Duration.between(first, time).toMillis() * 1e6 / speed);
  }

  /** The counts of sent records, for the last line of output. */
  Map<String, @Nullable Object> summary(RejectedRowPolicy rejected) {
    double seconds = pacer.elapsedNanos() / 1e9;
    Map<String, Long> bySource = new LinkedHashMap<>();
    sources.forEach((name, source) -> bySource.put(name, source.sent()));
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("event", "finished");
    map.put("sent", sent);
    map.put("acknowledged", publisher.acknowledged());
    map.put("bySource", bySource);
    map.put("skipped", rejected.skipped());
    map.put("firstEventTime", first == null ? null : first.toString());
    map.put("lastEventTime", first == null ? null : last.toString());
    map.put("seconds", Math.round(seconds * 1_000) / 1_000.0);
    map.put("perSecond", seconds > 0 ? Math.round(sent / seconds) : null);
    map.put("delayed", pacer.delayed());
    map.put("longestDelayMillis", pacer.longestDelay().toMillis());
    return map;
  }
}
