package dev.millrace.deploy.demo;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The promise that nothing is lost and nothing is predicted twice, as something to hold a history
 * against: every record of the producers' topic must end in exactly one of a prediction, a dead
 * letter or the late topic, or repeat the id of one that did.
 *
 * <p>It is told what stands in the topics, in any order, and then {@linkplain #audit() judges}.
 */
public final class Ledger {

  /** Where a record stands in the producers' topic. */
  public record Position(int partition, long offset) {}

  /**
   * What an audit found.
   *
   * @param events records in the producers' topic
   * @param predictions committed predictions
   * @param deadLetters by reason code
   * @param late records in the late topic
   * @param duplicatesDropped records that repeated an id and were left out
   * @param lost records that ended nowhere
   * @param duplicatePredictions predictions beyond the first of their event
   * @param examples ids or positions of lost and doubled events, ten at most
   */
  public record Audit(
      long events,
      long predictions,
      Map<String, Long> deadLetters,
      long late,
      long duplicatesDropped,
      long lost,
      long duplicatePredictions,
      List<String> examples) {

    /** Whether the promise was kept. */
    public boolean kept() {
      return lost == 0 && duplicatePredictions == 0;
    }
  }

  private static final int EXAMPLES = 10;

  private final Map<Position, @Nullable String> events = new HashMap<>();
  private final Map<String, Integer> predictions = new HashMap<>();
  private final Set<Position> deadPositions = new HashSet<>();
  private final Set<String> deadIds = new HashSet<>();
  private final Map<String, Long> deadLetters = new TreeMap<>();
  private final Set<String> lateIds = new HashSet<>();
  private long late;

  /** A record of the producers' topic; the id is null where the bytes do not tell one. */
  public void event(Position position, @Nullable String id) {
    events.put(position, id);
  }

  public void prediction(String id) {
    predictions.merge(id, 1, Integer::sum);
  }

  /** A dead letter written for a record of the producers' topic. */
  public void deadLetter(String code, Position position) {
    deadPositions.add(position);
    deadLetters.merge(code, 1L, Long::sum);
  }

  /** A dead letter written for an event that had been accepted. */
  public void deadLetter(String code, String id) {
    deadIds.add(id);
    deadLetters.merge(code, 1L, Long::sum);
  }

  public void late(String id) {
    lateIds.add(id);
    late++;
  }

  /** Judges what it was told so far. */
  public Audit audit() {
    Map<String, Long> ids = new HashMap<>();
    List<String> examples = new java.util.ArrayList<>();
    long lost = 0;
    for (Map.Entry<Position, @Nullable String> event : events.entrySet()) {
      String id = event.getValue();
      if (deadPositions.contains(event.getKey())) {
        continue;
      }
      if (id == null) {
        lost++;
        example(examples, "lost: unreadable record at " + event.getKey());
      } else {
        ids.merge(id, 1L, Long::sum);
      }
    }
    long duplicates = 0;
    for (Map.Entry<String, Long> id : ids.entrySet()) {
      duplicates += id.getValue() - 1;
      if (!ended(id.getKey())) {
        lost++;
        example(examples, "lost: " + id.getKey());
      }
    }
    long committed = 0;
    for (Map.Entry<String, Integer> prediction : predictions.entrySet()) {
      committed += prediction.getValue();
      if (prediction.getValue() > 1) {
        example(examples, "predicted " + prediction.getValue() + " times: " + prediction.getKey());
      }
    }
    return new Audit(
        events.size(),
        committed,
        Collections.unmodifiableMap(new TreeMap<>(deadLetters)),
        late,
        // A repeated id that came late stands in the late topic once more.
        duplicates - (late - lateIds.size()),
        lost,
        committed - predictions.size(),
        List.copyOf(examples));
  }

  private boolean ended(String id) {
    return predictions.containsKey(id) || lateIds.contains(id) || deadIds.contains(id);
  }

  private static void example(List<String> examples, String example) {
    if (examples.size() < EXAMPLES) {
      examples.add(example);
    }
  }
}
