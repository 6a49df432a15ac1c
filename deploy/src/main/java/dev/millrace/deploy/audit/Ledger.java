package dev.millrace.deploy.audit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The promise that nothing is lost and nothing ends twice, as something to hold a history against:
 * every record of the producers' topic must end in exactly one of a prediction, a dead letter and
 * the late topic, or repeat the id of one that did.
 *
 * <p>The history is what stands in the topics, in any order; {@link #audit()} judges it. Ids must
 * not be published again after the deduplication period: the second event would count as doubled.
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
   * @param duplicateOthers late records and dead letters beyond the first of their event
   * @param endedTwice events found in more than one of prediction, dead letter and late topic
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
      long duplicateOthers,
      long endedTwice,
      List<String> examples) {

    /** Whether the promise of {@code exactly_once} was kept. */
    public boolean kept() {
      return keptAtLeastOnce() && duplicatePredictions == 0 && duplicateOthers == 0;
    }

    /** Whether the promise of {@code at_least_once} was kept: a crash may repeat an ending. */
    public boolean keptAtLeastOnce() {
      return lost == 0 && endedTwice == 0;
    }
  }

  /** The records and the endings of one event id. */
  private static final class Ends {
    private int records;
    private int deadRecords;
    private int predictions;
    private int late;
    private int deadLetters;

    private int all() {
      return predictions + late + deadLetters;
    }

    private String kind() {
      return predictions > 0 ? "predicted" : late > 0 ? "late" : "dead-lettered";
    }

    private boolean isLost() {
      return records > 0 && all() == 0;
    }

    /** Whether one event has endings of several kinds; a dead record is an event of its own. */
    private boolean isEndedTwice() {
      int kinds = Integer.signum(predictions) + Integer.signum(late) + Integer.signum(deadLetters);
      return kinds > (records == 0 && deadRecords > 0 ? 0 : 1);
    }

    private int duplicateOthers() {
      return Math.max(0, late - 1) + Math.max(0, deadLetters - 1);
    }

    private int duplicatesDropped() {
      return Math.max(0, records - Math.max(1, all()));
    }
  }

  private static final int EXAMPLES = 10;

  private final Map<Position, @Nullable String> events = new HashMap<>();
  private final Map<Position, Integer> deadPositions = new HashMap<>();
  private final Map<String, Integer> predictions = new HashMap<>();
  private final Map<String, Integer> late = new HashMap<>();
  private final Map<String, Integer> deadIds = new HashMap<>();
  private final Map<String, Long> deadLetters = new TreeMap<>();

  /** A record of the producers' topic; the id is null where the bytes do not tell one. */
  public void event(Position position, @Nullable String id) {
    events.put(position, id);
  }

  public void prediction(String id) {
    predictions.merge(id, 1, Integer::sum);
  }

  /** A dead letter written for a record of the producers' topic. */
  public void deadLetter(String code, Position position) {
    deadPositions.merge(position, 1, Integer::sum);
    deadLetters.merge(code, 1L, Long::sum);
  }

  /** A dead letter written for an event that had been accepted. */
  public void deadLetter(String code, String id) {
    deadIds.merge(id, 1, Integer::sum);
    deadLetters.merge(code, 1L, Long::sum);
  }

  public void late(String id) {
    late.merge(id, 1, Integer::sum);
  }

  /** Judges the history so far. */
  public Audit audit() {
    List<String> examples = new ArrayList<>();
    Map<String, Ends> ids = new HashMap<>();
    predictions.forEach((id, count) -> ends(ids, id).predictions = count);
    late.forEach((id, count) -> ends(ids, id).late = count);
    deadIds.forEach((id, count) -> ends(ids, id).deadLetters = count);
    long lost = addRecords(ids, examples);
    long duplicates = 0;
    long doubled = 0;
    long others = 0;
    long endedTwice = 0;
    for (Map.Entry<Position, Integer> position : deadPositions.entrySet()) {
      if (position.getValue() > 1) {
        others += position.getValue() - 1;
        example(examples, position.getValue() + " dead letters: " + position.getKey());
      }
    }
    for (Map.Entry<String, Ends> entry : ids.entrySet()) {
      Ends ends = entry.getValue();
      duplicates += ends.duplicatesDropped();
      doubled += Math.max(0, ends.predictions - 1);
      others += ends.duplicateOthers();
      if (ends.isLost()) {
        lost++;
        example(examples, "lost: " + entry.getKey());
      } else if (ends.isEndedTwice()) {
        endedTwice++;
        example(
            examples,
            "predictions %d, late %d, dead letters %d: %s"
                .formatted(
                    ends.predictions,
                    ends.late,
                    ends.deadLetters + ends.deadRecords,
                    entry.getKey()));
      } else if (ends.predictions > 1 || ends.duplicateOthers() > 0) {
        example(examples, "%s %d times: %s".formatted(ends.kind(), ends.all(), entry.getKey()));
      }
    }
    return new Audit(
        events.size(),
        sum(predictions),
        Collections.unmodifiableMap(new TreeMap<>(deadLetters)),
        sum(late),
        duplicates,
        lost,
        doubled,
        others,
        endedTwice,
        List.copyOf(examples));
  }

  /** Adds the records to their ids; returns how many without a readable id ended nowhere. */
  private long addRecords(Map<String, Ends> ids, List<String> examples) {
    long lost = 0;
    for (Map.Entry<Position, @Nullable String> event : events.entrySet()) {
      boolean dead = deadPositions.containsKey(event.getKey());
      String id = event.getValue();
      if (id != null) {
        Ends ends = ends(ids, id);
        ends.records += dead ? 0 : 1;
        ends.deadRecords += dead ? 1 : 0;
      } else if (!dead) {
        lost++;
        example(examples, "lost: unreadable record at " + event.getKey());
      }
    }
    return lost;
  }

  private static Ends ends(Map<String, Ends> ids, String id) {
    return ids.computeIfAbsent(id, each -> new Ends());
  }

  private static long sum(Map<String, Integer> counts) {
    return counts.values().stream().mapToLong(Integer::longValue).sum();
  }

  private static void example(List<String> examples, String example) {
    if (examples.size() < EXAMPLES) {
      examples.add(example);
    }
  }
}
