package dev.millrace.ingest.producer.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.ingest.producer.files.FieldReader.RejectedValue;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldReaderTest {
  private static final String MILLIS =
      "{\"type\": \"long\", \"logicalType\": \"timestamp-millis\"}";
  private static final String MICROS =
      "{\"type\": \"long\", \"logicalType\": \"timestamp-micros\"}";
  private static final String DATE = "{\"type\": \"int\", \"logicalType\": \"date\"}";
  private static final String ENUM =
      "{\"type\": \"enum\", \"name\": \"Channel\", \"symbols\": [\"ONLINE\", \"IN_STORE\"]}";

  private static FieldReader reader(String type) {
    return reader(type, "");
  }

  private static FieldReader reader(String type, String more) {
    String schema =
        "{\"type\": \"record\", \"name\": \"R\", \"fields\": [{\"name\": \"f\", \"type\": %s%s}]}"
            .formatted(type, more);
    return new FieldReader(new Schema.Parser().parse(schema).getField("f"));
  }

  @Test
  void readsEveryScalar() throws RejectedValue {
    assertThat(reader("\"string\"").read("a,b")).isEqualTo("a,b");
    assertThat(reader("\"boolean\"").read("True")).isEqualTo(true);
    assertThat(reader("\"int\"").read("-5")).isEqualTo(-5);
    assertThat(reader("\"long\"").read("5000000000")).isEqualTo(5_000_000_000L);
    assertThat(reader("\"float\"").read("0.5")).isEqualTo(0.5f);
    assertThat(reader("\"double\"").read("1e3")).isEqualTo(1_000.0);
    assertThat(String.valueOf(reader(ENUM).read("ONLINE"))).isEqualTo("ONLINE");
    assertThat(reader(DATE).read("1970-02-01")).isEqualTo(31);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2001-01-01T00:01:00Z",
        "2001-01-01T00:01:00.000Z",
        "2001-01-01T02:01:00+02:00",
        "978307260000"
      })
  void readsTimes(String text) throws RejectedValue {
    assertThat(reader(MILLIS).read(text)).isEqualTo(978_307_260_000L);
    assertThat(reader(MICROS).read(text)).isEqualTo(978_307_260_000_000L);
  }

  @Property(tries = 200)
  void timesAreKeptToTheMicrosecond(
      @ForAll @LongRange(min = -9_000_000_000_000_000L, max = 9_000_000_000_000_000L) long micros)
      throws RejectedValue {
    String text = Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();

    assertThat(reader(MICROS).read(text)).isEqualTo(micros);
    assertThat(reader(MILLIS).read(text)).isEqualTo(Math.floorDiv(micros, 1_000L));
  }

  @Property(tries = 200)
  void numbersAreKeptToTheLastBit(@ForAll double number, @ForAll long whole) throws RejectedValue {
    assertThat(reader("\"double\"").read(Double.toString(number))).isEqualTo(number);
    assertThat(reader("\"long\"").read(Long.toString(whole))).isEqualTo(whole);
  }

  @Test
  void readsNoValueAsNullOrTheDefault() throws RejectedValue {
    assertThat(reader("[\"null\", \"double\"]").read(null)).isNull();
    assertThat(reader("[\"null\", \"double\"]").read("2.5")).isEqualTo(2.5);
    assertThat(reader("[\"double\", \"null\"]").read(null)).isNull();
    assertThat(reader("\"long\"", ", \"default\": 7").read(null)).isEqualTo(7L);
    assertThatThrownBy(() -> reader("\"long\"").read(null))
        .isInstanceOf(RejectedValue.class)
        .hasMessage("there is no value, but the schema requires a whole number");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"int\"|3000000000|a whole number from -2^31",
        "\"long\"|12.0|a whole number",
        "\"double\"|12,5|a number",
        "\"boolean\"|yes|true or false"
      })
  void theMessageContainsTheExpectedForm(String type, String text, String expected) {
    assertThatThrownBy(() -> reader(type).read(text))
        .isInstanceOf(RejectedValue.class)
        .hasMessageStartingWith("'" + text + "' is not " + expected);
  }

  @Test
  void theMessageDescribesTimesAndSymbols() {
    assertThatThrownBy(() -> reader(MILLIS).read("2001-01-01 00:01:00"))
        .hasMessageContaining("ISO 8601 with its zone, such as 2001-01-01T00:01:00Z");
    assertThatThrownBy(() -> reader(MILLIS).read("2001-01-01T00:01:00"))
        .hasMessageContaining("with its zone");
    assertThatThrownBy(() -> reader(ENUM).read("POST"))
        .hasMessage("'POST' is not one of [ONLINE, IN_STORE]");
  }

  @Test
  void typesThatCannotBeReadFromTextAreRejected() {
    assertThatThrownBy(() -> reader("{\"type\": \"array\", \"items\": \"long\"}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("field 'f' is of type");
    assertThatThrownBy(() -> reader("[\"null\", \"long\", \"string\"]"))
        .hasMessageContaining("unions of null with one of them");
    assertThatThrownBy(
            () -> reader("{\"type\": \"bytes\", \"logicalType\": \"decimal\", \"precision\": 9}"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
