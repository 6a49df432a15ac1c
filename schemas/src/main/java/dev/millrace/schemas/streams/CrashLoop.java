package dev.millrace.schemas.streams;

import dev.millrace.schemas.wire.RegistryUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.errors.StreamsException;

/**
 * Tells failures that repeat from those that pass. A stream thread that fails is replaced and
 * starts again at the last commit; when what it fails of stands in a record, in the configuration
 * or in the code, the next one fails at the same place.
 *
 * <p>The same place is the same task and the same exception class: a task that makes progress gets
 * past the record that it failed of. Outages are no crash loop, however long they last: the stream
 * pauses until the registry or the broker answers again.
 */
final class CrashLoop {
  /** A fault that passes by itself, such as a rebalance, does not fail this often in a row. */
  private static final int FAILURES = 5;

  /**
   * Failures further apart are not in a row; a restart that restores large stores takes minutes.
   */
  private static final Duration LONGEST_GAP = Duration.ofMinutes(10);

  /** A paused thread waits 15 s for the registry before it is replaced and waits again. */
  private static final Duration OUTAGE_REPEATS_WITHIN = Duration.ofSeconds(30);

  private record Place(String task, Class<?> error) {}

  private record Failures(int count, Instant last, String message) {}

  private final InstantSource clock;
  private final Map<Place, Failures> byPlace = new HashMap<>();
  private Instant lastOutage = Instant.MIN;
  private String outage = "";

  CrashLoop(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Takes note of the failure of a stream thread.
   *
   * @param thrown as Kafka Streams passes it on
   * @param cause what was thrown first
   * @return whether the failure makes a crash loop of those before it
   */
  synchronized boolean failed(Throwable thrown, Throwable cause) {
    Instant now = clock.instant();
    if (isOutage(thrown)) {
      lastOutage = now;
      outage = cause.toString();
      return false;
    }
    byPlace.values().removeIf(failures -> isOver(failures, now));
    Place place = new Place(task(thrown), cause.getClass());
    Failures before = byPlace.get(place);
    int count = before == null ? 1 : before.count + 1;
    byPlace.put(place, new Failures(count, now, message(thrown, cause)));
    return count == FAILURES;
  }

  /** What fails again and again; empty if nothing does. */
  synchronized String problem() {
    Instant now = clock.instant();
    return byPlace.entrySet().stream()
        .filter(entry -> entry.getValue().count >= FAILURES && !isOver(entry.getValue(), now))
        .map(
            entry ->
                "crash loop: a stream thread failed %d times in a row, %s, last at %s: %s"
                    .formatted(
                        entry.getValue().count,
                        entry.getKey().task,
                        entry.getValue().last,
                        entry.getValue().message))
        .findFirst()
        .orElse("");
  }

  /** The outage that pauses the stream; empty if there was none within the last half minute. */
  synchronized String pausedBy() {
    return lastOutage.isBefore(clock.instant().minus(OUTAGE_REPEATS_WITHIN)) ? "" : outage;
  }

  private static boolean isOver(Failures failures, Instant now) {
    return failures.last.isBefore(now.minus(LONGEST_GAP));
  }

  /** Whether the broker or the registry did not answer, or not yet. */
  private static boolean isOutage(Throwable thrown) {
    for (Throwable at = thrown; at != null; at = at.getCause()) {
      if (at instanceof RegistryUnavailable || at instanceof RetriableException) {
        return true;
      }
    }
    return false;
  }

  private static String task(Throwable thrown) {
    return thrown instanceof StreamsException exception && exception.taskId().isPresent()
        ? "task " + exception.taskId().get()
        : "no task known";
  }

  /** In one line. The message of Kafka Streams names topic, partition and offset, where known. */
  private static String message(Throwable thrown, Throwable cause) {
    String text = thrown == cause ? cause.toString() : cause + " (" + thrown.getMessage() + ")";
    return text.replaceAll("\\s+", " ");
  }
}
