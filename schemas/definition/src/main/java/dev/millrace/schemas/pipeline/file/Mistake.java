package dev.millrace.schemas.pipeline.file;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * One mistake in a pipeline file.
 *
 * @param file the pipeline file as it was given
 * @param line from 1
 * @param key path of the key, {@code features.origin.entity}; empty for the file as a whole
 * @param problem what is wrong, in a phrase
 * @param expected the correct form; null if the problem contains it
 * @param nearest the known name nearest to an unknown one; null if none is near
 */
public record Mistake(
    String file,
    int line,
    String key,
    String problem,
    @Nullable String expected,
    @Nullable String nearest)
    implements Serializable {
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(file).append(':').append(line).append(": ");
    if (!key.isEmpty()) {
      text.append(key).append(": ");
    }
    text.append(problem);
    if (expected != null) {
      text.append("; expected ").append(expected);
    }
    if (nearest != null) {
      text.append("; did you mean '").append(nearest).append("'?");
    }
    return text.toString();
  }
}
