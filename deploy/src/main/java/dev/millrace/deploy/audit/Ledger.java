package dev.millrace.deploy.audit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Checks the guarantee that no event is lost and no event ends twice: every record of the source
 * topic has exactly one ending (a prediction, a dead letter or a record in the late topic), or
 * repeats the id of a record that has one.
 *
 * <p>The records of the topics are added in any order; {@link #audit()} checks them. An id must not
 * be published again after the deduplication period: the second event would count as repeated.
 */
public final class Ledger {

  /** The position of a record in the source topic. */
  public record Position(int partition, long offset) {}

  /**
   * The result of an audit.
   *
   * @param events records in the source topic
   * @param predictions committed predictions
   * @param deadLetters by rejection code
   * @param late records in the late topic
   * @param duplicatesDropped records that repeated an id and were dropped
   * @param lost records without an ending
   * @param duplicatePredictions predictions beyond the first of their event
   * @param duplicateOthers late records and dead letters beyond the first of their event
   * @param endedTwice events with endings of more than one kind
   * @param examples ids or positions of lost and repeated events, ten at most
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

    /** Whether the guarantee {@code exactly_once} was kept. */
    public boolean kept() {
      return keptAtLeastOnce() && duplicatePredictions == 0 && duplicateOthers == 0;
    }

    /** Whether the guarantee {@code at_least_once} was kept: an ending may repeat after a crash. */
    public boolean keptAtLeastOnce() {
      return lost == 0 && endedTwice == 0;
    }
  }

  /** The records and the endings of one event id. */
  private static final class Endings {
    private int records;
    private int deadRecords;
    private int predictions;
    private int late;
    private int deadLetters;

    private int count() {
      return predictions + late + deadLetters;
    }

    private Ending ending() {
      return predictions > 0 ? Ending.PREDICTION : late > 0 ? Ending.LATE : Ending.DEAD_LETTER;
    }

    private boolean isLost() {
      return records > 0 && count() == 0;
    }

    /** Whether one event has endings of several kinds; a rejected record counts separately. */
    private boolean isEndedTwice() {
      int kinds = Integer.signum(predictions) + Integer.signum(late) + Integer.signum(deadLetters);
      return kinds > (records == 0 && deadRecords > 0 ? 0 : 1);
    }

    private int duplicateOthers() {
      return Math.max(0, late - 1) + Math.max(0, deadLetters - 1);
    }

    private int duplicatesDropped() {
      return Math.max(0, records - Math.max(1, count()));
    }
  }

  private static final int EXAMPLES = 10;

  private final Map<Position, @Nullable String> events = new HashMap<>();
  private final Map<Position, Integer> deadPositions = new HashMap<>();
  private final Map<String, Integer> predictions = new HashMap<>();
  private final Map<String, Integer> late = new HashMap<>();
  private final Map<String, Integer> deadIds = new HashMap<>();
  private final Map<String, Long> deadLetters = new TreeMap<>();

  /** Adds a record of the source topic; the id is null if it cannot be read. */
  public void event(Position position, @Nullable String id) {
    events.put(position, id);
  }

  /** Adds a prediction. */
  public void prediction(String id) {
    predictions.merge(id, 1, Integer::sum);
  }

  /** Adds a dead letter of a record of the source topic. */
  public void deadLetter(String code, Position position) {
    deadPositions.merge(position, 1, Integer::sum);
    deadLetters.merge(code, 1L, Long::sum);
  }

  /** Adds a dead letter of an event that had been accepted. */
  public void deadLetter(String code, String id) {
    deadIds.merge(id, 1, Integer::sum);
    deadLetters.merge(code, 1L, Long::sum);
  }

  /** Adds a record of the late topic. */
  public void late(String id) {
    late.merge(id, 1, Integer::sum);
  }

  /** Checks the records added so far. */
  public Audit audit() {
    List<String> examples = new ArrayList<>();
    Map<String, Endings> ids = new HashMap<>();
    predictions.forEach((id, count) -> endings(ids, id).predictions = count);
    late.forEach((id, count) -> endings(ids, id).late = count);
    deadIds.forEach((id, count) -> endings(ids, id).deadLetters = count);
    long lost = addRecords(ids, examples);
    long duplicates = 0;
    long repeated = 0;
    long others = 0;
    long endedTwice = 0;
    for (Map.Entry<Position, Integer> position : deadPositions.entrySet()) {
      if (position.getValue() > 1) {
        others += position.getValue() - 1;
        example(examples, position.getValue() + " dead letters: " + position.getKey());
      }
    }
    for (Map.Entry<String, Endings> entry : ids.entrySet()) {
      Endings endings = entry.getValue();
      duplicates += endings.duplicatesDropped();
      repeated += Math.max(0, endings.predictions - 1);
      others += endings.duplicateOthers();
      if (endings.isLost()) {
        lost++;
        example(examples, "lost: " + entry.getKey());
      } else if (endings.isEndedTwice()) {
        endedTwice++;
        example(
            examples,
            "predictions %d, late %d, dead letters %d: %s"
                .formatted(
                    endings.predictions,
                    endings.late,
                    endings.deadLetters + endings.deadRecords,
                    entry.getKey()));
      } else if (endings.predictions > 1 || endings.duplicateOthers() > 0) {
        example(
            examples,
            "%s %d times: %s".formatted(endings.ending().text(), endings.count(), entry.getKey()));
      }
    }
    return new Audit(
        events.size(),
        sum(predictions),
        Collections.unmodifiableMap(new TreeMap<>(deadLetters)),
        sum(late),
        duplicates,
        lost,
        repeated,
        others,
        endedTwice,
        List.copyOf(examples));
  }

  /** Adds the records to their ids; returns the number of lost records without a readable id. */
  private long addRecords(Map<String, Endings> ids, List<String> examples) {
    long lost = 0;
    for (Map.Entry<Position, @Nullable String> event : events.entrySet()) {
      boolean dead = deadPositions.containsKey(event.getKey());
      String id = event.getValue();
      if (id != null) {
        Endings endings = endings(ids, id);
        endings.records += dead ? 0 : 1;
        endings.deadRecords += dead ? 1 : 0;
      } else if (!dead) {
        lost++;
        example(examples, "lost: unreadable record at " + event.getKey());
      }
    }
    return lost;
  }

  private static Endings endings(Map<String, Endings> ids, String id) {
    return ids.computeIfAbsent(id, each -> new Endings());
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
