package dev.millrace.ingest.producer.replay;

import dev.millrace.ingest.producer.publish.Pacer;
import dev.millrace.ingest.producer.publish.Publisher;
import dev.millrace.ingest.producer.publish.StopSignal;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sends the rows of files to source topics, each when it is due. */
final class Replay {
  /** Rows between two looks at the progress; drawing it for each would cost more than the row. */
  private static final int ROWS_PER_PROGRESS = 256;

  /**
   * Which rows to send and how fast.
   *
   * @param speed event time per wall-clock time; infinite for flat out
   * @param from event time of the first, inclusive
   * @param until event time of the last, exclusive
   * @param rows at most
   */
  record Limits(double speed, Instant from, Instant until, long rows) {}

  private final Publisher publisher;
  private final Pacer pacer;
  private final StopSignal stop;
  private final Progress progress;
  private final ByteCount bytes;
  private long sent;
  private @Nullable Instant first;
  private Instant last = Instant.MIN;

  Replay(Publisher publisher, Pacer pacer, StopSignal stop, Progress progress, ByteCount bytes) {
    this.publisher = publisher;
    this.pacer = pacer;
    this.stop = stop;
    this.progress = progress;
    this.bytes = bytes;
  }

  /** Sends until the rows or the limits end, or a stop is asked for, and flushes. */
  void run(Merge rows, Limits limits) throws IOException, BadRow {
    boolean paced = !Double.isInfinite(limits.speed());
    try {
      Row row = firstFrom(limits.from(), rows);
      pacer.restart();
      while (row != null
          && row.time().isBefore(limits.until())
          && sent < limits.rows()
          && !stop.requested()) {
        if (paced) {
          pacer.await(dueNanos(row.time(), limits.speed()));
        }
        if (!stop.requested()) {
          send(row);
          row = rows.next();
        }
      }
    } finally {
      publisher.flush();
    }
  }

  private static @Nullable Row firstFrom(Instant from, Merge rows) throws IOException, BadRow {
    Row row = rows.next();
    while (row != null && row.time().isBefore(from)) {
      row = rows.next();
    }
    return row;
  }

  private void send(Row row) {
    row.output().send(row);
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

  /** What was sent, for the last line. */
  Map<String, @Nullable Object> summary(Collection<Output> outputs, BadRows badRows) {
    double seconds = pacer.elapsedNanos() / 1e9;
    Map<String, Long> bySource = new LinkedHashMap<>();
    outputs.forEach(output -> bySource.put(output.source().name(), output.sent()));
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("event", "finished");
    map.put("sent", sent);
    map.put("acknowledged", publisher.acknowledged());
    map.put("bySource", bySource);
    map.put("skipped", badRows.skipped());
    map.put("firstEventTime", first == null ? null : first.toString());
    map.put("lastEventTime", first == null ? null : last.toString());
    map.put("seconds", Math.round(seconds * 1_000) / 1_000.0);
    map.put("perSecond", seconds > 0 ? Math.round(sent / seconds) : null);
    map.put("delayed", pacer.delayed());
    map.put("longestDelayMillis", pacer.longestDelay().toMillis());
    return map;
  }
}
