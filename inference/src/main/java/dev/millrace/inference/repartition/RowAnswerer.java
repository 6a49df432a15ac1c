package dev.millrace.inference.repartition;

import dev.millrace.inference.rows.NewestRows;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers questions from the stores of one partition.
 *
 * @param stores by feature topic
 */
public record RowAnswerer(Map<String, NewestRows> stores) {
  /**
   * The answer to a question; null if the rows that it names are not kept here, as those of another
   * version of the view.
   */
  public @Nullable Answer answer(byte[] entity, Question question) {
    NewestRows newest = stores.get(question.rows());
    return newest == null
        ? null
        : new Answer(question, newest.findWire(entity, question.timeMillis()));
  }
}
