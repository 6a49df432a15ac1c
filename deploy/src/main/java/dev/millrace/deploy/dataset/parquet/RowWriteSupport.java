package dev.millrace.deploy.dataset.parquet;

import dev.millrace.deploy.dataset.rows.Column;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;
import org.jspecify.annotations.Nullable;

/** Writes a row's values as a Parquet record of optional and required primitive fields. */
final class RowWriteSupport extends WriteSupport<@Nullable Object[]> {
  private final List<Column> columns;
  private final MessageType schema;
  private @Nullable RecordConsumer consumer;

  RowWriteSupport(List<Column> columns) {
    this.columns = columns;
    this.schema =
        new MessageType("row", columns.stream().<Type>map(RowWriteSupport::field).toList());
  }

  /** Deprecated, but abstract. */
  @SuppressWarnings("deprecation")
  @Override
  public WriteContext init(Configuration configuration) {
    throw new UnsupportedOperationException("rows are written without Hadoop's configuration");
  }

  @Override
  public WriteContext init(ParquetConfiguration configuration) {
    return new WriteContext(schema, Map.of());
  }

  @Override
  public void prepareForWrite(RecordConsumer recordConsumer) {
    this.consumer = recordConsumer;
  }

  @Override
  public void write(@Nullable Object[] values) {
    RecordConsumer record = consumer;
    if (record == null) {
      throw new IllegalStateException("prepareForWrite must be called before write");
    }
    record.startMessage();
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      if (value != null) {
        String name = columns.get(i).name();
        record.startField(name, i);
        add(record, columns.get(i), value);
        record.endField(name, i);
      }
    }
    record.endMessage();
  }

  private static void add(RecordConsumer record, Column column, Object value) {
    switch (column.type()) {
      case DOUBLE -> record.addDouble((Double) value);
      case LONG, TIMESTAMP -> record.addLong((Long) value);
      case BOOLEAN -> record.addBoolean((Boolean) value);
      case STRING -> record.addBinary(Binary.fromString((String) value));
    }
  }

  private static Type field(Column column) {
    Type.Repetition repetition =
        column.nullable() ? Type.Repetition.OPTIONAL : Type.Repetition.REQUIRED;
    return switch (column.type()) {
      case DOUBLE -> Types.primitive(PrimitiveTypeName.DOUBLE, repetition).named(column.name());
      case LONG -> Types.primitive(PrimitiveTypeName.INT64, repetition).named(column.name());
      case BOOLEAN -> Types.primitive(PrimitiveTypeName.BOOLEAN, repetition).named(column.name());
      case STRING ->
          Types.primitive(PrimitiveTypeName.BINARY, repetition)
              .as(LogicalTypeAnnotation.stringType())
              .named(column.name());
      case TIMESTAMP ->
          Types.primitive(PrimitiveTypeName.INT64, repetition)
              .as(LogicalTypeAnnotation.timestampType(true, LogicalTypeAnnotation.TimeUnit.MILLIS))
              .named(column.name());
    };
  }
}
