package dev.millrace.deploy.deadletter;

import java.time.Instant;
import java.util.Set;

/**
 * Selects dead letters. An empty set selects all.
 *
 * @param topics of the rejected records
 * @param since the earliest time
 * @param until the first time that is not selected
 */
public record DeadLetterFilter(
    Set<String> codes,
    Set<String> stages,
    Set<String> topics,
    Set<String> producers,
    Instant since,
    Instant until) {
  /** Selects all dead letters. */
  public static final DeadLetterFilter ALL =
      new DeadLetterFilter(Set.of(), Set.of(), Set.of(), Set.of(), Instant.MIN, Instant.MAX);

  public DeadLetterFilter {
    codes = Set.copyOf(codes);
    stages = Set.copyOf(stages);
    topics = Set.copyOf(topics);
    producers = Set.copyOf(producers);
  }

  /** Whether the dead letter is selected. */
  public boolean selects(DeadLetterEntry entry) {
    return has(codes, entry.code())
        && has(stages, entry.stage())
        && has(topics, entry.topic())
        && has(producers, entry.producer())
        && !entry.time().isBefore(since)
        && entry.time().isBefore(until);
  }

  private static boolean has(Set<String> selected, String value) {
    return selected.isEmpty() || selected.contains(value);
  }
}
