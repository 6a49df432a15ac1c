package dev.millrace.deploy.evolution;

import dev.millrace.deploy.platform.PartialApply;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a definition changes in comparison with the definition in service, and what has to be done
 * for it.
 *
 * @param pipeline its name
 * @param serving the generation that serves; null if nothing is known to serve
 * @param generation of the definition
 * @param views in the order of the definition, the removed ones at the end
 * @param lookups the lookups that differ, as lines with {@code +} or {@code -}
 * @param parts the other parts that differ, by name
 * @param freshStart why the new generation cannot start from the state of the one that serves, so
 *     that all views are read from the beginning; null if it can
 * @param returns whether that generation has run before, so that it goes on from its own newest
 *     checkpoint instead
 * @param backfills what new and changed views read, or all of them
 * @param abandoned generations that were begun and serve neither now nor then; their jobs end
 * @param newTopics topics that do not exist yet
 * @param retiredTopics feature and vector topics that no job writes afterwards
 * @param schemas by subject, why the registry does not accept a schema; empty if it does
 * @param restarts the processes that need the new definition
 * @param problems why it is not possible, each with what to do
 */
record Plan(
    String pipeline,
    @Nullable String serving,
    String generation,
    List<ViewChange> views,
    List<String> lookups,
    List<PartChange> parts,
    @Nullable String freshStart,
    boolean returns,
    List<Backfill> backfills,
    List<String> abandoned,
    List<String> newTopics,
    List<String> retiredTopics,
    List<SchemaCheck> schemas,
    Set<Affected> restarts,
    List<String> problems) {

  /** A process of the pipeline. */
  enum Affected {
    INGEST,
    FEATURES,
    INFERENCE,
    DRIFT,
    /** Where the definition has a call of triggers. */
    RETRAIN
  }

  /** How a view differs. */
  enum Kind {
    UNCHANGED,
    NEW,
    CHANGED,
    REMOVED
  }

  /**
   * A view.
   *
   * @param from its version that serves; null for a new one
   * @param to its version in the definition; null for a removed one
   * @param differences of its definition, as lines with {@code +} or {@code -}
   */
  record ViewChange(
      String view,
      Kind kind,
      @Nullable String from,
      @Nullable String to,
      List<String> differences) {}

  /** Another part of the definition, with the lines that differ. */
  record PartChange(String part, List<String> differences) {}

  /**
   * The records that a view reads from the beginning.
   *
   * @param ranges by partition
   */
  record Backfill(String view, String topic, List<Range> ranges) {
    /** The number of records, progress and markers of transactions among them. */
    long records() {
      return ranges.stream().mapToLong(range -> range.to() - range.from()).sum();
    }
  }

  /** Offsets of a partition: from the first one, up to the one before {@code to}. */
  record Range(int partition, long from, long to) {}

  /** The registry's answer for a subject; no reasons: accepted. */
  record SchemaCheck(String subject, List<String> reasons) {}

  /** Whether another generation has to serve. */
  boolean isNewGeneration() {
    return !generation.equals(serving);
  }

  /** Whether anything has to be done. */
  boolean isEmpty() {
    return !isNewGeneration()
        && lookups.isEmpty()
        && parts.isEmpty()
        && abandoned.isEmpty()
        && newTopics.isEmpty();
  }

  /**
   * The plan after an apply was interrupted. If it was of another definition, every process is
   * restarted, since it is unknown which of them run with that one; if it was of the same, its
   * steps are those of this plan.
   */
  Plan after(PartialApply.Interrupted interrupted) {
    if (interrupted.same()) {
      return this;
    }
    List<PartChange> changes = new ArrayList<>(parts);
    changes.add(
        new PartChange(
            "processes",
            List.of("- some run with " + interrupted.definition(), "+ all run with this file")));
    return new Plan(
        pipeline,
        serving,
        generation,
        views,
        lookups,
        List.copyOf(changes),
        freshStart,
        returns,
        backfills,
        abandoned,
        newTopics,
        retiredTopics,
        schemas,
        EnumSet.allOf(Affected.class),
        problems);
  }

  boolean isPossible() {
    return problems.isEmpty() && schemas.stream().allMatch(check -> check.reasons().isEmpty());
  }
}
