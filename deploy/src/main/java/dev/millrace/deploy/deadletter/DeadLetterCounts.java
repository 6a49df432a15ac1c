package dev.millrace.deploy.deadletter;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts dead letters by code, topic of the rejected record, producer and replay status. */
public final class DeadLetterCounts {
  private record Group(String code, String topic, String producer, String status) {}

  private final Map<Group, Long> counts = new LinkedHashMap<>();
  private long total;

  /** Counts one. */
  public void add(DeadLetterEntry entry, ReplayStatus status) {
    String word = status instanceof ReplayStatus.RejectedAgain ? "rejected-again" : status.text();
    counts.merge(new Group(entry.code(), entry.topic(), entry.producer(), word), 1L, Long::sum);
    total++;
  }

  /** A table with a line for each group, the largest first, and the total. */
  public String table() {
    List<Map.Entry<Group, Long>> rows =
        counts.entrySet().stream()
            .sorted(
                Map.Entry.<Group, Long>comparingByValue()
                    .reversed()
                    .thenComparing(row -> row.getKey().toString()))
            .toList();
    int code = width(rows.stream().map(row -> row.getKey().code()).toList(), "code");
    int topic = width(rows.stream().map(row -> row.getKey().topic()).toList(), "topic");
    int producer = width(rows.stream().map(row -> row.getKey().producer()).toList(), "producer");
    String form = "%8s  %-" + code + "s  %-" + topic + "s  %-" + producer + "s  %s%n";
    StringBuilder text = new StringBuilder();
    text.append(form.formatted("count", "code", "topic", "producer", "status"));
    for (Map.Entry<Group, Long> row : rows) {
      Group group = row.getKey();
      text.append(
          form.formatted(
              row.getValue(), group.code(), group.topic(), group.producer(), group.status()));
    }
    return text.append("%8d  total%n".formatted(total)).toString();
  }

  private static int width(List<String> texts, String title) {
    return Math.max(
        title.length(),
        texts.stream().map(String::length).max(Comparator.naturalOrder()).orElse(0));
  }
}
