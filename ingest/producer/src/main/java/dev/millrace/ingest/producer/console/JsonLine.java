package dev.millrace.ingest.producer.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintStream;
import java.util.Map;

/** Machine-readable output: one JSON object per line. */
public final class JsonLine {
  private static final JsonMapper MAPPER = new JsonMapper();

  private JsonLine() {}

  /** Prints an object whose values are numbers, texts, null, or maps of these. */
  public static void print(PrintStream out, Map<String, ?> object) {
    try {
      out.println(MAPPER.writeValueAsString(object));
    } catch (JsonProcessingException e) {
      throw new AssertionError("a map of plain values is always JSON", e);
    }
    out.flush();
  }
}
