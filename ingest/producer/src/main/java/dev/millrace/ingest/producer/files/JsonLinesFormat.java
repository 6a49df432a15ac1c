package dev.millrace.ingest.producer.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object per line, in UTF-8. Members that the schema does not have are ignored; a member
 * that is null or missing means that there is no value.
 */
final class JsonLinesFormat implements RowFormat {
  private static final ObjectReader OBJECT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build()
          .readerFor(JsonNode.class);

  private final InputFile file;
  private final List<FieldReader> fields;
  private final BufferedReader reader;
  private long line;

  JsonLinesFormat(InputFile file, List<FieldReader> fields, InputStream in) {
    this.file = file;
    this.fields = fields;
    this.reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }

  @Override
  public @Nullable RawRow read() throws IOException, RejectedRow {
    String text = reader.readLine();
    line++;
    while (text != null && text.isBlank()) {
      text = reader.readLine();
      line++;
    }
    if (text == null) {
      return null;
    }
    JsonNode object = object(text);
    @Nullable String[] texts = new @Nullable String[fields.size()];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = text(fields.get(i).name(), object.get(fields.get(i).name()));
    }
    return new RawRow(line, Arrays.asList(texts));
  }

  private JsonNode object(String text) throws RejectedRow {
    JsonNode node;
    try {
      node = OBJECT.readTree(text);
    } catch (JsonProcessingException e) {
      throw new RejectedRow(file, line, "not JSON: " + e.getOriginalMessage());
    }
    if (!node.isObject()) {
      throw new RejectedRow(
          file, line, "the line is not a JSON object: %s".formatted(node.getNodeType()));
    }
    return node;
  }

  private @Nullable String text(String name, @Nullable JsonNode value) throws RejectedRow {
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isValueNode()) {
      throw new RejectedRow(
          file, line, "column %s: %s is not a single value".formatted(name, value.getNodeType()));
    }
    return value.asText();
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
