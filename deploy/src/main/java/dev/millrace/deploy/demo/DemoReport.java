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
 * The result of a demo, which {@code millrace demo --report} writes. All counts are those of the
 * committed records in the topics.
 *
 * @param startupSeconds from the start of the platform to the first committed prediction
 * @param lost events without an ending
 * @param endedTwice events found in more than one of prediction, dead letter and late topic, or
 *     repeatedly in the last two
 * @param behind the moment with the largest backlog; null if the requested rate was sustained
 * @param alerts the records of the alerts topic, in order
 * @param triggers the records of the retraining-triggers topic, in order
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record DemoReport(
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

  /** From the send of the event to the arrival of its committed prediction at a consumer. */
  record LatencyMillis(long p50, long p99) {}

  /**
   * The simulated drift and its detection. Times are event times in ISO 8601.
   *
   * @param injectedAt the start of the drift; null if there was none
   * @param detectedAt end of the window of the first alert after the start; null if there was none
   * @param windows the number of windows that ended from the start to the detection
   * @param falseAlarms alerts on windows before the start
   * @param features that drifted, the strongest first
   */
  record Drift(
      @Nullable String injectedAt,
      @Nullable String detectedAt,
      @Nullable Long windows,
      long falseAlarms,
      List<String> features) {}

  /** Whether every event ended once, and the drift was detected without a false alarm before. */
  public boolean passed() {
    return lost == 0
        && duplicatePredictions == 0
        && endedTwice == 0
        && drift.detectedAt() != null
        && drift.falseAlarms() == 0;
  }

  public void write(Path file) throws IOException {
    JSON.writeValue(file.toFile(), this);
  }
}
