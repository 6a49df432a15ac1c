package dev.millrace.deploy.dataset.rows;

import dev.millrace.schemas.pipeline.Fields;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a data set: those of a prediction, then those of its label.
 *
 * <p>Nested records are flattened, with their names joined by dots. A nested field {@code value}
 * gives the column its parent's name, as in exports: {@code inputs.distance}, {@code
 * inputs.distance.status}. The fields of the record {@code vector} are the columns {@code wait} and
 * {@code complete}. Id and time of the source event are columns once.
 */
public final class RowColumns {
  /** The event's id, a column without null. */
  public static final String EVENT_ID = "event_id";

  /** The event's time, a column without null. */
  public static final String EVENT_TIME = "event_time";

  /** Whether the features were computed from all events before the scored one. */
  public static final String COMPLETE = "complete";

  /** The prefix of the columns of inputs. */
  public static final String INPUTS = "inputs.";

  private static final String VECTOR = "vector";
  private static final List<String> LABEL = List.of("label", "label_time", "label_status");

  /** Repetitions of {@code event_id} and {@code event_time}. */
  private static final Set<List<String>> REPEATED =
      Set.of(List.of("source", EVENT_ID), List.of("source", EVENT_TIME));

  private final List<Leaf> prediction;
  private final List<Leaf> label;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /**
   * @param path names of the fields from the record to the value
   */
  private record Leaf(Column column, List<String> path) {}

  private RowColumns(List<Leaf> prediction, List<Leaf> label) {
    this.prediction = List.copyOf(prediction);
    this.label = List.copyOf(label);
  }

  /**
   * @param prediction the schema that predictions are read into
   * @param label the schema that labels are read into, {@link #labelSchema}
   * @throws IllegalArgumentException if a field is neither a scalar nor a record
   */
  public static RowColumns of(Schema prediction, Schema label) {
    List<Leaf> ofPrediction = new ArrayList<>();
    collect(prediction, List.of(), false, ofPrediction);
    List<Leaf> ofLabel = new ArrayList<>();
    for (String name : LABEL) {
      // A row may have no label.
      add(field(label, name).schema(), List.of(name), true, ofLabel);
    }
    return new RowColumns(ofPrediction, ofLabel);
  }

  /** The schema that reads only id, time and label of an outcome. */
  public static Schema labelSchema(Schema outcome) {
    List<Schema.Field> fields = new ArrayList<>();
    for (String name : List.of(EVENT_ID, EVENT_TIME)) {
      fields.add(new Schema.Field(field(outcome, name), field(outcome, name).schema()));
    }
    for (String name : LABEL) {
      fields.add(new Schema.Field(field(outcome, name), field(outcome, name).schema()));
    }
    return Schema.createRecord(
        outcome.getName(), outcome.getDoc(), outcome.getNamespace(), false, fields);
  }

  /** All columns in their order. */
  public List<Column> columns() {
    List<Column> columns = new ArrayList<>();
    prediction.forEach(leaf -> columns.add(leaf.column()));
    label.forEach(leaf -> columns.add(leaf.column()));
    return columns;
  }

  /** The values of a prediction's columns; see {@link RowValues}. */
  byte[] prediction(GenericRecord record) {
    return encode(prediction, record);
  }

  /** The values of a label's columns, all null without a label. */
  byte[] label(@Nullable GenericRecord record) {
    return encode(label, record);
  }

  /** Whether a prediction's features were complete. */
  static boolean isComplete(GenericRecord prediction) {
    return prediction.get(VECTOR) instanceof GenericRecord vector
        && Boolean.TRUE.equals(vector.get(COMPLETE));
  }

  private byte[] encode(List<Leaf> leaves, @Nullable GenericRecord record) {
    bytes.reset();
    DataOutputStream out = new DataOutputStream(bytes);
    try {
      for (Leaf leaf : leaves) {
        RowValues.write(out, leaf.column().type(), value(record, leaf));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory can always be written", e);
    }
    return bytes.toByteArray();
  }

  private static @Nullable Object value(@Nullable GenericRecord record, Leaf leaf) {
    Object value = record;
    for (String name : leaf.path()) {
      value = value instanceof GenericRecord inner ? inner.get(name) : null;
    }
    if (value == null) {
      return null;
    }
    return switch (leaf.column().type()) {
      case DOUBLE -> ((Number) value).doubleValue();
      case LONG, TIMESTAMP -> ((Number) value).longValue();
      case STRING -> value.toString();
      case BOOLEAN -> value;
    };
  }

  private static void collect(
      Schema schema, List<String> path, boolean nullable, List<Leaf> leaves) {
    for (Schema.Field field : schema.getFields()) {
      List<String> inner = new ArrayList<>(path);
      inner.add(field.name());
      if (!REPEATED.contains(inner)) {
        add(field.schema(), inner, nullable || field.schema().isNullable(), leaves);
      }
    }
  }

  private static void add(Schema schema, List<String> path, boolean nullable, List<Leaf> leaves) {
    Schema plain = Fields.withoutNull(schema);
    if (plain.getType() == Schema.Type.RECORD) {
      collect(plain, path, nullable, leaves);
    } else {
      leaves.add(new Leaf(new Column(name(path), type(plain, path), nullable), path));
    }
  }

  private static String name(List<String> path) {
    List<String> named = path.get(0).equals(VECTOR) ? path.subList(1, path.size()) : path;
    int last = named.size() - 1;
    boolean isValue = last > 1 && named.get(last).equals("value");
    return String.join(".", isValue ? named.subList(0, last) : named);
  }

  private static ColumnType type(Schema schema, List<String> path) {
    return switch (schema.getType()) {
      case FLOAT, DOUBLE -> ColumnType.DOUBLE;
      case INT, LONG ->
          schema.getLogicalType() instanceof LogicalTypes.TimestampMillis
              ? ColumnType.TIMESTAMP
              : ColumnType.LONG;
      case STRING, ENUM -> ColumnType.STRING;
      case BOOLEAN -> ColumnType.BOOLEAN;
      default ->
          throw new IllegalArgumentException(
              "field %s has type %s, which is not a column's"
                  .formatted(String.join(".", path), schema));
    };
  }

  private static Schema.Field field(Schema schema, String name) {
    Schema.Field field = schema.getField(name);
    if (field == null) {
      throw new IllegalArgumentException(
          "%s has no field %s".formatted(schema.getFullName(), name));
    }
    return field;
  }
}
