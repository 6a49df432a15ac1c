package dev.millrace.drift.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.drift.quality.ScoreBins;
import dev.millrace.drift.quality.TrainingQuality;
import dev.millrace.drift.quality.WindowErrors;
import dev.millrace.drift.quality.WindowLosses;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * The part {@code quality} of {@code profile.json}: {@code windows} has labelled rows and errors by
 * the start of the window, {@code scores} rows with a negative and with a positive label by the
 * number of the score's bin. A regression has {@code losses} in place of both: rows by the start of
 * the window and the number of the absolute error's cell. What has no row is left out.
 */
final class QualityFormat {
  static final String QUALITY = "quality";

  private static final String AT = QUALITY + ".";
  private static final String DECISION = "decision";
  private static final String WINDOW_MILLIS = "window_millis";
  private static final String WINDOWS = "windows";
  private static final String SCORES = "scores";
  private static final String LOSSES = "losses";

  private QualityFormat() {}

  static void write(ObjectNode root, TrainingQuality quality) {
    ObjectNode node = root.putObject(QUALITY);
    if (quality.decision() != null) {
      node.put(DECISION, quality.decision());
    }
    node.put(WINDOW_MILLIS, quality.lengthMillis());
    if (!quality.losses().isEmpty()) {
      write(node.putObject(LOSSES), quality.losses());
      return;
    }
    ObjectNode windows = node.putObject(WINDOWS);
    for (WindowErrors each : quality.windows()) {
      pair(
          windows, Instant.ofEpochMilli(each.startMillis()).toString(), each.rows(), each.errors());
    }
    ObjectNode scores = node.putObject(SCORES);
    for (int bin = 0; bin < ScoreBins.COUNT; bin++) {
      long negative = quality.negatives().get(bin);
      long positive = quality.positives().get(bin);
      if (negative + positive > 0) {
        pair(scores, String.valueOf(bin), negative, positive);
      }
    }
  }

  private static void write(ObjectNode node, List<WindowLosses> losses) {
    for (WindowLosses each : losses) {
      ObjectNode cells = node.putObject(Instant.ofEpochMilli(each.startMillis()).toString());
      for (int i = 0; i < each.cells().size(); i++) {
        cells.put(String.valueOf(each.cells().get(i)), each.rows().get(i));
      }
    }
  }

  private static void pair(ObjectNode node, String key, long first, long second) {
    ArrayNode pair = node.putArray(key);
    pair.add(first).add(second);
  }

  /**
   * @param reader whose checks and errors are used
   * @throws IllegalArgumentException if it is damaged
   */
  static TrainingQuality read(JsonNode root, ProfileReader reader) {
    JsonNode node = reader.get(root, "", QUALITY, JsonNode::isObject, "an object");
    List<Long> none = Collections.nCopies(ScoreBins.COUNT, 0L);
    if (node.has(LOSSES)) {
      long lengthMillis = reader.integer(node, AT, WINDOW_MILLIS);
      return new TrainingQuality(null, lengthMillis, List.of(), none, none, losses(node, reader));
    }
    List<WindowErrors> windows = new ArrayList<>();
    JsonNode starts = reader.get(node, AT, WINDOWS, JsonNode::isObject, "an object");
    for (Map.Entry<String, JsonNode> each : starts.properties()) {
      String at = AT + WINDOWS + "." + each.getKey();
      long rows = count(each.getValue(), 0, at, reader);
      long errors = count(each.getValue(), 1, at, reader);
      if (errors > rows) {
        throw reader.wrong(at, "more errors than rows");
      }
      windows.add(new WindowErrors(millis(each.getKey(), at, reader), rows, errors));
    }
    List<Long> negatives = new ArrayList<>(none);
    List<Long> positives = new ArrayList<>(none);
    JsonNode scores = reader.get(node, AT, SCORES, JsonNode::isObject, "an object");
    for (Map.Entry<String, JsonNode> each : scores.properties()) {
      String at = AT + SCORES + "." + each.getKey();
      int bin = bin(each.getKey(), at, reader);
      negatives.set(bin, count(each.getValue(), 0, at, reader));
      positives.set(bin, count(each.getValue(), 1, at, reader));
    }
    long lengthMillis = reader.integer(node, AT, WINDOW_MILLIS);
    String decision =
        node.has(DECISION)
            ? reader.get(node, AT, DECISION, JsonNode::isTextual, "text").textValue()
            : null;
    return new TrainingQuality(decision, lengthMillis, windows, positives, negatives, List.of());
  }

  private static List<WindowLosses> losses(JsonNode node, ProfileReader reader) {
    List<WindowLosses> losses = new ArrayList<>();
    JsonNode starts = reader.get(node, AT, LOSSES, JsonNode::isObject, "an object");
    for (Map.Entry<String, JsonNode> each : starts.properties()) {
      reader.get(starts, AT + LOSSES + ".", each.getKey(), JsonNode::isObject, "an object");
      String at = AT + LOSSES + "." + each.getKey();
      long startMillis = millis(each.getKey(), at, reader);
      List<Integer> cells = new ArrayList<>();
      List<Long> rows = new ArrayList<>();
      for (Map.Entry<String, JsonNode> cell : each.getValue().properties()) {
        if (!cell.getKey().matches("[0-9]{1,9}") || !ProfileReader.isCount(cell.getValue())) {
          throw reader.wrong(at, "a count by the number of a cell expected, not " + cell);
        }
        cells.add(Integer.valueOf(cell.getKey()));
        rows.add(cell.getValue().longValue());
      }
      try {
        losses.add(new WindowLosses(startMillis, cells, rows));
      } catch (IllegalArgumentException e) {
        throw reader.wrong(at, String.valueOf(e.getMessage()));
      }
    }
    return losses;
  }

  private static long count(JsonNode pair, int i, String at, ProfileReader reader) {
    if (pair.isArray() && pair.size() == 2 && ProfileReader.isCount(pair.get(i))) {
      return pair.get(i).longValue();
    }
    throw reader.wrong(at, "two counts expected, not " + pair);
  }

  private static long millis(String start, String at, ProfileReader reader) {
    try {
      return Instant.parse(start).toEpochMilli();
    } catch (DateTimeException e) {
      throw reader.wrong(at, "a time in ISO 8601 expected");
    }
  }

  private static int bin(String number, String at, ProfileReader reader) {
    for (int bin = 0; bin < ScoreBins.COUNT; bin++) {
      if (String.valueOf(bin).equals(number)) {
        return bin;
      }
    }
    throw reader.wrong(at, "a bin from 0 to " + (ScoreBins.COUNT - 1) + " expected");
  }
}
