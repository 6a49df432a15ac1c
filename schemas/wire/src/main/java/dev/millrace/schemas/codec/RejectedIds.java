package dev.millrace.schemas.codec;

import dev.millrace.schemas.codec.OpenLookups.Question;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The recently rejected ids, bounded in number. Not safe for threads. */
final class RejectedIds {
  /**
   * Time for which an id stays rejected; after it the id is looked up again, since it may have been
   * registered.
   */
  private static final long REJECTED_NANOS = Duration.ofSeconds(10).toNanos();

  private static final int MOST_IDS = 10_000;

  private record RejectedId(SchemaAnswer.NotAccepted answer, long sinceNanos) {}

  private final Map<Question, RejectedId> rejected =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Question, RejectedId> eldest) {
          return size() > MOST_IDS;
        }
      };

  SchemaAnswer.@Nullable NotAccepted get(Question question, long nowNanos) {
    RejectedId entry = rejected.get(question);
    return entry != null && nowNanos - entry.sinceNanos < REJECTED_NANOS ? entry.answer : null;
  }

  void put(Question question, SchemaAnswer.NotAccepted answer, long nowNanos) {
    rejected.remove(question);
    rejected.put(question, new RejectedId(answer, nowNanos));
  }
}
