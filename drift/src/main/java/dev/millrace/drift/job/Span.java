package dev.millrace.drift.job;

import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A range of offsets of one partition of the scored source's clean topic.
 *
 * @param from inclusive
 * @param to exclusive
 */
public record Span(int partition, long from, long to) {

  /** The smallest range that covers both; they are of the same partition. */
  Span cover(Span other) {
    return new Span(partition, Math.min(from, other.from), Math.max(to, other.to));
  }

  /** The smallest ranges that cover all of both lists, one a partition, in their order. */
  static List<Span> cover(List<Span> some, List<Span> more) {
    TreeMap<Integer, Span> covered = new TreeMap<>();
    Stream.concat(some.stream(), more.stream())
        .forEach(span -> covered.merge(span.partition, span, Span::cover));
    return List.copyOf(covered.values());
  }
}
