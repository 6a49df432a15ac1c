package dev.millrace.deploy.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.registry.InMemoryRegistry;
import dev.millrace.schemas.testing.ExamplePipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadLetterTextTest {
  private static final String ORIGIN = "\"name\": \"origin\", \"type\": \"string\"";

  /** An older producer's schema: the origin under its former name, and in a nested record. */
  private static final Schema OLDER =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Older", "fields": [
                {"name": "airport", "type": "string"},
                {"name": "phone", "type": "string", "pii": true},
                {"name": "plan", "type": {"type": "record", "name": "Plan", "fields": [
                  {"name": "origin", "type": ["null", "string"]},
                  {"name": "gate", "type": "string"}]}}]}
              """);

  private final InMemoryRegistry registry = new InMemoryRegistry();

  private byte[] older() {
    Schema plan = OLDER.getField("plan").schema();
    return AvroEncoder.forTopic(registry, "departures", OLDER)
        .encode(
            new GenericRecordBuilder(OLDER)
                .set("airport", "SECRET1")
                .set("phone", "SECRET2")
                .set(
                    "plan",
                    new GenericRecordBuilder(plan)
                        .set("origin", "SECRET3")
                        .set("gate", "B7")
                        .build())
                .build());
  }

  @Test
  void personalDataAreMaskedUnderEveryName(@TempDir Path directory) throws IOException {
    Pipeline pipeline = personal(directory);
    String text = new ValueText(registry, pipeline, false).of(older());
    assertThat(text)
        .contains("(Older)", "\"airport\" : \"***\"", "\"phone\" : \"***\"")
        .contains("\"origin\" : \"***\"", "\"gate\" : \"B7\"")
        .doesNotContain("SECRET");
    assertThat(new ValueText(registry, pipeline, true).of(older())).contains("53 45 43 52 45 54");
  }

  @Test
  void bytesThatMayBePersonalAreNotShown(@TempDir Path directory) throws IOException {
    byte[] bytes = "SECRET".getBytes(UTF_8);
    assertThat(new ValueText(registry, personal(directory), false).of(bytes))
        .startsWith("6 bytes")
        .contains("--raw shows it")
        .doesNotContain("SECRET", "53 45");
    assertThat(new ValueText(registry, plain(directory), false).of(bytes))
        .contains("000000  53 45 43 52 45 54", "SECRET");
  }

  @Test
  void aBodyThatDoesNotFitItsSchemaIsShownAsBytes(@TempDir Path directory) {
    byte[] value = older();
    value[5] = 127;
    assertThat(new ValueText(registry, plain(directory), false).of(value))
        .contains("(Older)", "000010  ");
    value[4] = 99;
    assertThat(new ValueText(registry, plain(directory), false).of(value))
        .contains("schema id 99, which the registry does not have");
    assertThat(new ValueText(registry, plain(directory), false).of(null)).isEqualTo("(none)");
  }

  @Test
  void theKeyIsShownUnlessItsFieldIsPersonal(@TempDir Path directory) throws IOException {
    assertThat(full(plain(directory), false)).contains("key          JFK");
    Pipeline personal = personal(directory);
    assertThat(full(personal, false)).contains("key          not shown").doesNotContain("JFK");
    assertThat(full(personal, true)).contains("key          JFK");
  }

  @Test
  void headersAreShownWithoutControlCharacters(@TempDir Path directory) {
    assertThat(full(plain(directory), false))
        .contains("dead letter  0:17", "status       open", "code         CONTRACT")
        .contains("rejected     departures-2@55", "header       trace = a [2Jb")
        .doesNotContain("__streams", "\u001b");
    DeadLetterEntry entry = TestLetters.entry("ingest", Map.of());
    assertThat(DeadLetterText.line(entry, new ReplayStatus.Open()))
        .isEqualTo(
            "0:17  2026-03-01T12:00:00Z  ingest  CONTRACT  departures-2@55  unknown  open  rule r is broken:  [31m distance = -1");
  }

  @Test
  void countsAreATable() {
    DeadLetterCounts counts = new DeadLetterCounts();
    for (int i = 0; i < 3; i++) {
      counts.add(TestLetters.entry("ingest", Map.of("ce_source", "/a")), new ReplayStatus.Open());
    }
    counts.add(TestLetters.entry("ingest", Map.of()), new ReplayStatus.Open());
    assertThat(counts.table().lines())
        .containsExactly(
            "   count  code      topic       producer  status",
            "       3  CONTRACT  departures  /a        open",
            "       1  CONTRACT  departures  unknown   open",
            "       4  total");
  }

  private String full(Pipeline pipeline, boolean raw) {
    var letter = TestLetters.letter("ingest", new byte[] {7}, Map.of("trace", "a\u001b[2Jb"));
    ValueText values = new ValueText(registry, pipeline, raw);
    return new DeadLetterText(pipeline, values, raw)
        .full(letter, DeadLetterEntry.of(letter), new ReplayStatus.Open());
  }

  private static Pipeline plain(Path directory) {
    return PipelineFile.load(ExamplePipeline.FLIGHTS.writeTo(directory));
  }

  /** The origin, the key field, is personal, and was once named airport. */
  private static Pipeline personal(Path directory) throws IOException {
    Path file = ExamplePipeline.FLIGHTS.writeTo(directory);
    for (String schema : new String[] {"departure.avsc", "arrival.avsc"}) {
      Path path = directory.resolve(schema);
      String text = Files.readString(path);
      assertThat(text).contains(ORIGIN);
      Files.writeString(
          path, text.replace(ORIGIN, ORIGIN + ", \"pii\": true, \"aliases\": [\"airport\"]"));
    }
    return PipelineFile.load(file);
  }
}
