package dev.millrace.schemas.streams.failure;

import dev.millrace.schemas.registry.RegistryUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.streams.errors.StreamsException;

/**
 * Distinguishes failures that repeat from transient ones. A stream thread that fails is replaced
 * and restarts at the last commit; when the cause is a record, the configuration or the code, the
 * next thread fails at the same place.
 *
 * <p>The same place means the same task, the same record where Kafka Streams names one, and the
 * same exception class. Outages are not a crash loop, however long they last: the stream pauses
 * until the registry or the broker answers again. A missing topic counts as an outage at first,
 * since a broker that restarts may not list it yet; after five minutes it is a fault.
 */
final class CrashLoop {
  /** Number of failures in a row; transient faults, such as a rebalance, do not fail this often. */
  private static final int FAILURES = 5;

  /** Time after which a broker that restarts lists its topics. */
  private static final Duration TOPIC_MISSING_FOR = Duration.ofMinutes(5);

  /** Longest time between failures in a row. Restoring large stores takes minutes. */
  private static final Duration LONGEST_GAP = Duration.ofMinutes(10);

  /** A write to an unreachable broker fails after 1 min (metadata) or 2 min (delivery). */
  private static final Duration OUTAGE_REPEATS_WITHIN = Duration.ofMinutes(3);

  /** The record at which a processor failed, in the message of Kafka Streams. */
  private static final Pattern RECORD =
      Pattern.compile("topic=[^,\\s]+, partition=\\d+, offset=\\d+");

  /** A missing topic, in the message of a producer. */
  private static final Pattern MISSING = Pattern.compile("Topic (\\S+) not present in metadata");

  private record Place(String name, Class<?> error) {
    boolean isMissingTopic() {
      return error == UnknownTopicOrPartitionException.class;
    }
  }

  private record Failures(int count, Instant first, Instant last, String message) {}

  private final InstantSource clock;
  private final Map<Place, Failures> byPlace = new HashMap<>();
  private Instant lastOutage = Instant.MIN;
  private String outage = "";

  CrashLoop(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Records the failure of a stream thread.
   *
   * @param thrown the exception as Kafka Streams reports it
   * @param cause its innermost cause
   * @return whether a crash loop begins with this failure
   */
  synchronized boolean failed(Throwable thrown, Throwable cause) {
    if (has(thrown, UnknownTopicOrPartitionException.class)) {
      return topicMissing(missingTopic(thrown), message(thrown, cause));
    }
    if (isOutage(thrown)) {
      pausedBy(cause.toString());
      return false;
    }
    return count(new Place(place(thrown), cause.getClass()), message(thrown, cause));
  }

  /**
   * Records a write that failed and that Kafka Streams retries without failing a thread.
   *
   * @return whether a crash loop begins with this failure
   */
  synchronized boolean writeFailed(String topic, Exception error) {
    if (has(error, UnknownTopicOrPartitionException.class)) {
      return topicMissing("topic " + topic, oneLine(error.toString()));
    }
    pausedBy("a write to topic %s failed: %s".formatted(topic, oneLine(error.toString())));
    return false;
  }

  private boolean topicMissing(String topic, String message) {
    pausedBy("%s does not exist: create it again (%s)".formatted(topic, message));
    return count(new Place(topic, UnknownTopicOrPartitionException.class), message);
  }

  private void pausedBy(String text) {
    lastOutage = clock.instant();
    outage = text;
  }

  private boolean count(Place place, String message) {
    Instant now = clock.instant();
    byPlace.values().removeIf(failures -> isOver(failures, now));
    Failures before = byPlace.get(place);
    Failures after =
        before == null
            ? new Failures(1, now, now, message)
            : new Failures(before.count + 1, before.first, now, message);
    byPlace.put(place, after);
    return lasts(place, after) && (before == null || !lasts(place, before));
  }

  private static boolean lasts(Place place, Failures failures) {
    Duration least = place.isMissingTopic() ? TOPIC_MISSING_FOR : Duration.ZERO;
    return failures.count >= FAILURES && !failures.last.isBefore(failures.first.plus(least));
  }

  /** The crash loop or missing topic; empty if there is none. */
  synchronized String problem() {
    Instant now = clock.instant();
    return byPlace.entrySet().stream()
        .filter(entry -> lasts(entry.getKey(), entry.getValue()) && !isOver(entry.getValue(), now))
        .map(entry -> describe(entry.getKey(), entry.getValue()))
        .findFirst()
        .orElse("");
  }

  private static String describe(Place place, Failures failures) {
    return place.isMissingTopic()
        ? "missing topic: %s does not exist, %d attempts failed since %s, last at %s: create it again with its partitions and configuration, then the service resumes: %s"
            .formatted(place.name, failures.count, failures.first, failures.last, failures.message)
        : "crash loop: a stream thread failed %d times in a row, %s, last at %s: %s"
            .formatted(failures.count, place.name, failures.last, failures.message);
  }

  /** The outage that pauses the stream; empty if there was none within the last 3 minutes. */
  synchronized String pausedBy() {
    return lastOutage.isBefore(clock.instant().minus(OUTAGE_REPEATS_WITHIN)) ? "" : outage;
  }

  private static boolean isOver(Failures failures, Instant now) {
    return failures.last.isBefore(now.minus(LONGEST_GAP));
  }

  /** Whether the broker or the registry did not answer. */
  private static boolean isOutage(Throwable thrown) {
    return has(thrown, RegistryUnavailable.class) || has(thrown, RetriableException.class);
  }

  private static boolean has(Throwable thrown, Class<?> error) {
    for (Throwable at = thrown; at != null; at = at.getCause()) {
      if (error.isInstance(at)) {
        return true;
      }
    }
    return false;
  }

  private static String place(Throwable thrown) {
    String task =
        thrown instanceof StreamsException exception && exception.taskId().isPresent()
            ? "task " + exception.taskId().get()
            : "unknown task";
    Matcher record = RECORD.matcher(String.valueOf(thrown.getMessage()));
    return record.find() ? task + " at " + record.group() : task;
  }

  private static String missingTopic(Throwable thrown) {
    for (Throwable at = thrown; at != null; at = at.getCause()) {
      Matcher message = MISSING.matcher(String.valueOf(at.getMessage()));
      if (message.find()) {
        return "topic " + message.group(1);
      }
    }
    return "a topic";
  }

  /** The message of Kafka Streams contains topic, partition and offset if they are known. */
  private static String message(Throwable thrown, Throwable cause) {
    return oneLine(thrown == cause ? cause.toString() : cause + " (" + thrown.getMessage() + ")");
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ");
  }
}
