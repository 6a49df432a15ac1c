package dev.millrace.deploy.demo;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code millrace demo --report} writes. Everything but the start-up time was counted by
 * reading the topics back, read_committed.
 *
 * @param startupSeconds from the platform's start to the first committed prediction
 * @param lost events that ended nowhere
 * @param endedTwice events found in more than one of prediction, dead letter and late topic, or
 *     repeatedly in the last two
 * @param behind when the loop was furthest behind the rate asked for; null: it kept up
 * @param alerts as they stand in the alerts topic, in order
 * @param triggers as they stand in the retraining-triggers topic
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record DemoReport(
    double startupSeconds,
    long events,
    long predictions,
    Map<String, Long> deadLetters,
    long late,
    long duplicatesDropped,
    long lost,
    long duplicatePredictions,
    long endedTwice,
    LatencyMillis latencyMillis,
    RateCheck.@Nullable Behind behind,
    Drift drift,
    List<ObjectNode> alerts,
    List<ObjectNode> triggers) {

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /** From the producer's send to the committed prediction's arrival at a consumer. */
  public record LatencyMillis(long p50, long p99) {}

  /**
   * The drift that was switched on, and what was found. Times are event time, ISO 8601.
   *
   * @param injectedAt null: none was
   * @param detectedAt end of the window whose alert was the first to fire after it; null: missed
   * @param windows how many windows ended from the injection until it was detected
   * @param falseAlarms alerts that fired on windows from before the injection
   * @param features that drifted, the strongest first
   */
  public record Drift(
      @Nullable String injectedAt,
      @Nullable String detectedAt,
      @Nullable Long windows,
      long falseAlarms,
      List<String> features) {}

  /**
   * Whether the run showed what it set out to show. An alarm before the drift is a failure up to
   * the rate at which features do not depend on the speed.
   */
  public boolean passed(int rate) {
    return lost == 0
        && duplicatePredictions == 0
        && endedTwice == 0
        && drift.detectedAt() != null
        && (drift.falseAlarms() == 0 || rate > RateCheck.SAFE_RATE);
  }

  public void write(Path file) throws IOException {
    JSON.writeValue(file.toFile(), this);
  }
}
