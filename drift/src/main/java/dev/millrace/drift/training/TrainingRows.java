package dev.millrace.drift.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Training rows as {@code millrace export} writes them. CSV: columns {@code inputs.<input>} (or
 * {@code inputs.<input>.value}), {@code score} and {@code event_time}, an empty field is a missing
 * value. JSON lines: {@code {"inputs": {"<input>": {"value": ...}}, "score": ..., "event_time":
 * ...}}, unions with or without Avro's branch names.
 */
final class TrainingRows {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Path file;
  private final List<Column> columns;

  /**
   * A column of the rows.
   *
   * @param feature the name of an input, {@code score} or {@code event_time}
   * @param isInput false for {@code score} and {@code event_time}, which are optional
   */
  record Column(String feature, boolean isInput) {
    String csvName() {
      return isInput ? "inputs." + feature : feature;
    }
  }

  /** Receives a row's values in the order of the columns. */
  interface RowSink {
    /**
     * @param line first line of the row, from 1
     * @param values text of CSV, or of JSON text; a number or a boolean of JSON; null where missing
     */
    void accept(long line, @Nullable Object[] values);
  }

  TrainingRows(Path file, List<Column> columns) {
    this.file = file;
    this.columns = List.copyOf(columns);
  }

  /**
   * Reads all rows.
   *
   * @throws IOException when the file cannot be read
   * @throws TrainingException if it does not have the format of an export; the message names file
   *     and line
   */
  void forEach(RowSink sink) throws IOException {
    String name = file.toString();
    if (name.endsWith(".csv")) {
      readCsv(sink);
    } else if (name.endsWith(".jsonl")) {
      readJsonLines(sink);
    } else if (name.endsWith(".parquet")) {
      throw new TrainingException(
          name
              + ": Parquet is not read here. 'millrace dataset build' writes the profile of its rows beside them, as profile.json: copy that into the model's directory. Other rows can be converted with Python: pandas.read_parquet('rows.parquet').to_csv('rows.csv', index=False)");
    } else {
      throw new TrainingException(
          name + ": the name must end in .csv or .jsonl, as 'millrace export' writes them");
    }
  }

  private void readCsv(RowSink sink) throws IOException {
    try (CsvReader<NamedCsvRecord> rows = CsvReader.builder().ofNamedCsvRecord(file)) {
      int[] positions = null;
      for (NamedCsvRecord row : rows) {
        if (positions == null) {
          positions = positions(row.getHeader());
        }
        @Nullable Object[] values = new @Nullable Object[positions.length];
        for (int i = 0; i < positions.length; i++) {
          String field = positions[i] < 0 ? "" : row.getField(positions[i]);
          values[i] = field.isEmpty() ? null : field;
        }
        sink.accept(row.getStartingLineNumber(), values);
      }
    } catch (CsvParseException e) {
      throw new TrainingException(file + ": not CSV: " + e.getMessage(), e);
    }
  }

  private int[] positions(List<String> header) {
    int[] positions = new int[columns.size()];
    for (int i = 0; i < positions.length; i++) {
      Column column = columns.get(i);
      int plain = header.indexOf(column.csvName());
      positions[i] = plain >= 0 ? plain : header.indexOf(column.csvName() + ".value");
      if (positions[i] < 0 && column.isInput()) {
        throw new TrainingException(
            file
                + ":1: column '"
                + column.csvName()
                + "' is missing, the columns are "
                + String.join(", ", header)
                + "; export the outcomes of this pipeline again");
      }
    }
    return positions;
  }

  private void readJsonLines(RowSink sink) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      long number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          sink.accept(number, jsonRow(line, number));
        }
      }
    }
  }

  private @Nullable Object[] jsonRow(String line, long number) {
    JsonNode row;
    try {
      row = MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      throw new TrainingException(file + ":" + number + ": not JSON: " + e.getOriginalMessage(), e);
    }
    @Nullable Object[] values = new @Nullable Object[columns.size()];
    for (int i = 0; i < values.length; i++) {
      Column column = columns.get(i);
      JsonNode node =
          column.isInput() ? row.path("inputs").get(column.feature()) : row.get(column.feature());
      if (node == null && column.isInput()) {
        throw new TrainingException(
            file
                + ":"
                + number
                + ": '"
                + column.csvName()
                + "' is missing; export the outcomes of"
                + " this pipeline again");
      }
      if (node != null && node.has("value")) {
        node = node.get("value");
      }
      // Avro's own JSON wraps the value of a union in an object named after the branch.
      if (node != null && node.isObject() && node.size() == 1) {
        node = node.elements().next();
      }
      values[i] = scalar(node, column, number);
    }
    return values;
  }

  private @Nullable Object scalar(@Nullable JsonNode node, Column column, long line) {
    if (node == null || node.isNull()) {
      return null;
    }
    if (node.isContainerNode()) {
      throw new TrainingException(
          file + ":" + line + ": '" + column.csvName() + "' is " + node + ", not a single value");
    }
    if (node.isNumber()) {
      return node.doubleValue();
    }
    return node.isBoolean() ? (Object) node.booleanValue() : node.textValue();
  }
}
