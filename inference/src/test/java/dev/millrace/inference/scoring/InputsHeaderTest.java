package dev.millrace.inference.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputsHeaderTest {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @Test
  void personalFieldsAreMaskedAlsoInExpressionsAndFeatures() throws IOException {
    Pipeline pipeline =
        pipeline("x, secret, [doubled: secret + secret], [last: c.secret_last_1h], c.count_1h");

    assertThat(header(pipeline, 0.5, "me", "meme", "me", 3.0))
        .isEqualTo(
            "{\"x\":0.5,\"secret\":\"***\",\"doubled\":\"***\",\"last\":\"***\",\"c_count_1h\":3.0}");
  }

  @Test
  void missingAndLongValuesAreShownInBounds() throws IOException {
    String inputs =
        IntStream.range(0, 400)
            .mapToObj(i -> "[w%d: word]".formatted(i))
            .collect(Collectors.joining(", "));
    @Nullable Object[] values = new @Nullable Object[400];
    java.util.Arrays.fill(values, "word \" ".repeat(1000));
    values[0] = null;

    String header = header(pipeline(inputs), values);

    assertThat(header).startsWith("{\"w0\":null,\"w1\":\"word \\\" word").hasSizeLessThan(20_100);
    assertThat(new ObjectMapper().readTree(header).get("...").textValue()).endsWith(" more");
  }

  @Test
  void theBoundIsInBytesHoweverManyACharacterTakes() throws IOException {
    String inputs =
        IntStream.range(0, 190)
            .mapToObj(i -> "[w%d: word]".formatted(i))
            .collect(Collectors.joining(", "));
    @Nullable Object[] values = new @Nullable Object[190];
    for (String word : new String[] {"\u20AC", "\u0001"}) {
      java.util.Arrays.fill(values, word.repeat(100));
      String header = header(pipeline(inputs), values);
      assertThat(header.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(18_000, 20_100);
      assertThat(new ObjectMapper().readTree(header).get("...").textValue()).endsWith(" more");
    }
  }

  private static String header(Pipeline pipeline, @Nullable Object... values) {
    return new String(new InputsHeader(pipeline).of(values).value(), StandardCharsets.UTF_8);
  }

  private Pipeline pipeline(String inputs) throws IOException {
    Files.writeString(
        directory.resolve("event.avsc"),
        """
        {"type": "record", "name": "Event", "fields": [
          {"name": "id", "type": "string"},
          {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
          {"name": "x", "type": "double"},
          {"name": "word", "type": "string"},
          {"name": "secret", "type": "string", "pii": true}]}
        """);
    return PipelineFile.load(
        Files.writeString(
            directory.resolve("pipeline.yaml"),
            """
            name: events
            sources:
              events: {topic: raw, schema: event.avsc, id: id, key: id, time: at, lateness: 1m}
            score: events
            features:
              c:
                from: events
                entity: id
                aggregates:
                  - {operations: [count], windows: [1h]}
                  - {input: secret, operations: [last], windows: [1h]}
            model: {name: m, inputs: [%s]}
            """
                .formatted(inputs.replace("[", "{").replace("]", "}"))));
  }
}
