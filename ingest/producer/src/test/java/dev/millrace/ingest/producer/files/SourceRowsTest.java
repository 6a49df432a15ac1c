package dev.millrace.ingest.producer.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceRowsTest {
  private static final String GOOD = "1,2001-01-01T00:01:00Z,LAS,PHL,2176\n";

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final PrintStream errStream = new PrintStream(err, true, StandardCharsets.UTF_8);

  private List<Row> read(String name, String contents, RejectedRowPolicy rejected)
      throws IOException, RejectedRow {
    InputFile file = Flights.file(directory, name, contents);
    List<Row> read = new ArrayList<>();
    try (SourceRows rows =
        new SourceRows(file, Flights.source("departures"), rejected, new ByteCount())) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        read.add(row);
      }
    }
    return read;
  }

  private List<Row> read(String name, String contents) throws IOException, RejectedRow {
    return read(name, contents, new RejectedRowPolicy(false, errStream));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.csv", "a.csv.gz", "A.CSV"})
  void readsCsv(String name) throws IOException, RejectedRow {
    List<Row> rows = read(name, Flights.HEADER + GOOD + "\n2,978307320000,ATL,\"S,V\",\n");

    assertThat(rows).hasSize(2);
    assertThat(rows.get(0).record().toString())
        .isEqualTo(
            "{\"flight_id\": 1, \"departed_at\": 978307260000, \"origin\": \"LAS\","
                + " \"destination\": \"PHL\", \"distance\": 2176}");
    assertThat(rows.get(1).key()).isEqualTo("ATL");
    assertThat(rows.get(1).time()).isEqualTo("2001-01-01T00:02:00Z");
    assertThat(rows.get(1).record().get("destination")).isEqualTo("S,V");
    assertThat(rows.get(1).record().get("distance")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jsonl", "a.ndjson", "a.jsonl.gz"})
  void readsJsonLines(String name) throws IOException, RejectedRow {
    List<Row> rows =
        read(
            name,
            """
            {"flight_id": 1, "departed_at": "2001-01-01T00:01:00Z", "origin": "LAS", "destination": "PHL", "distance": 2176, "tail": {}}

            {"flight_id": "2", "departed_at": 978307320000, "origin": "ATL", "destination": "", "distance": null}
            """);

    assertThat(rows).hasSize(2);
    assertThat(rows.get(0).record().get("distance")).isEqualTo(2176);
    assertThat(rows.get(1).record().get("flight_id")).isEqualTo(2L);
    assertThat(rows.get(1).record().get("destination")).isEqualTo("");
    assertThat(rows.get(1).record().get("distance")).isNull();
  }

  @Test
  void columnsMayHaveAnyOrderAndOptionalOnesMayBeMissing() throws IOException, RejectedRow {
    List<Row> rows =
        read(
            "a.csv",
            "\uFEFForigin,gate,destination,departed_at,flight_id\nLAS,B7,PHL,978307320000,9\n");

    assertThat(rows.get(0).record().get("flight_id")).isEqualTo(9L);
    assertThat(rows.get(0).record().get("distance")).isNull();
  }

  @Test
  void theMessageNamesFileLineColumnValueAndType() {
    assertThatThrownBy(
            () -> read("a.csv", Flights.HEADER + GOOD + "x7,2001-01-01T00:01:00Z,LAS,PHL,1\n"))
        .isInstanceOf(RejectedRow.class)
        .hasMessage(
            directory.resolve("a.csv") + ":3: column flight_id: 'x7' is not a whole number");
    assertThatThrownBy(() -> read("a.jsonl", "\n\n{\"flight_id\": 1.5}\n"))
        .hasMessage(
            directory.resolve("a.jsonl") + ":3: column flight_id: '1.5' is not a whole number");
    assertThatThrownBy(() -> read("a.jsonl", "{\"flight_id\": [1]}\n"))
        .hasMessageEndingWith(":1: column flight_id: ARRAY is not a single value");
    assertThatThrownBy(() -> read("a.jsonl", "{\"flight_id\": 1\n"))
        .hasMessageContaining("a.jsonl:1: not JSON");
    assertThatThrownBy(() -> read("a.jsonl", "7\n"))
        .hasMessageContaining(":1: the line is not a JSON object");
  }

  @Test
  void rejectsRowsOfAnotherForm() {
    assertThatThrownBy(() -> read("a.csv", Flights.HEADER + "1,2\n"))
        .hasMessageContaining("a.csv:2: there are 2 cells, but 5 columns");
    assertThatThrownBy(() -> read("a.csv", "flight_id,departed_at,origin\n"))
        .hasMessageContaining("a.csv:1: there is no column 'destination'");
    assertThatThrownBy(() -> read("a.csv", ""))
        .hasMessageContaining("first row must name the columns");
  }

  @Test
  void aTimeInAnotherUnitIsRejected() {
    assertThatThrownBy(
            () ->
                read(
                    "a.jsonl",
                    """
                    {"flight_id": "1", "departed_at": 978307320, "origin": "LAS", "destination": "PHL", "distance": 1}
                    """))
        .hasMessageContaining("a.jsonl:1: column departed_at: 978307320 ms since 1970")
        .hasMessageContaining("check its unit");
  }

  @Test
  void rowsOutOfOrderAreRejectedWithTheirLine() {
    assertThatThrownBy(
            () -> read("a.csv", Flights.HEADER + GOOD + "2,2001-01-01T00:00:59Z,LAS,PHL,1\n"))
        .hasMessageContaining("a.csv:3: column departed_at: 2001-01-01T00:00:59Z is before")
        .hasMessageContaining("2001-01-01T00:01:00Z in line 2")
        .hasMessageContaining("sort the file");
  }

  @Test
  void skipsAndCountsRejectedRows() throws IOException, RejectedRow {
    RejectedRowPolicy rejected = new RejectedRowPolicy(true, errStream);
    StringBuilder contents = new StringBuilder(Flights.HEADER + GOOD);
    for (int i = 0; i < 12; i++) {
      contents.append("bad\n");
    }
    List<Row> rows = read("a.csv", contents + GOOD, rejected);

    assertThat(rows).hasSize(2);
    assertThat(rejected.skipped()).isEqualTo(12);
    assertThat(err.toString(StandardCharsets.UTF_8).lines())
        .hasSize(11)
        .first()
        .asString()
        .startsWith("skipped ")
        .contains("a.csv:3:");
  }

  @Test
  void aTruncatedFileIsNotARejectedRow() throws IOException {
    Path whole = Flights.file(directory, "a.csv.gz", Flights.HEADER + GOOD.repeat(1000)).path();
    byte[] bytes = Files.readAllBytes(whole);
    Path broken = directory.resolve("b.csv.gz");
    Files.write(broken, java.util.Arrays.copyOf(bytes, bytes.length - 10));
    InputFile file = new InputFile("departures", broken);

    assertThatThrownBy(
            () -> {
              RejectedRowPolicy rejected = new RejectedRowPolicy(true, errStream);
              try (SourceRows rows =
                  new SourceRows(file, Flights.source("departures"), rejected, new ByteCount())) {
                Row row = rows.next();
                while (row != null) {
                  row = rows.next();
                }
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessageContaining("b.csv.gz");
  }

  @Test
  void invalidFileArgumentsAreRejected() {
    assertThatThrownBy(() -> InputFile.parse("departures.csv"))
        .hasMessageContaining("is not SOURCE=FILE");
    assertThatThrownBy(() -> InputFile.parse("departures=a.xlsx"))
        .hasMessageContaining("a.xlsx is neither .csv nor .jsonl");
    assertThatThrownBy(() -> InputFile.parse("departures=gone.csv"))
        .hasMessageContaining("cannot read gone.csv");
  }
}
