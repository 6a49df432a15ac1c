package dev.millrace.drift.job;

import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.flink.source.RecordReader;
import java.io.IOException;
import java.time.Instant;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Decodes the records of a period, and all records without an event time. */
final class PeriodReader implements KafkaRecordDeserializationSchema<IncomingRecord> {
  private static final long serialVersionUID = 1L;

  private final RecordReader reader;
  private final long fromMillis;
  private final long toMillis;

  /**
   * @param from first event time
   * @param to exclusive
   */
  PeriodReader(RecordReader reader, Instant from, Instant to) {
    this.reader = reader;
    this.fromMillis = from.toEpochMilli();
    this.toMillis = to.toEpochMilli();
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) throws Exception {
    reader.open(context);
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<IncomingRecord> out)
      throws IOException {
    reader.deserialize(record, new Period(out));
  }

  @Override
  public TypeInformation<IncomingRecord> getProducedType() {
    return reader.getProducedType();
  }

  private final class Period implements Collector<IncomingRecord> {
    private final Collector<IncomingRecord> out;

    private Period(Collector<IncomingRecord> out) {
      this.out = out;
    }

    @Override
    public void collect(IncomingRecord record) {
      long timeMillis = record.eventTimeMillis();
      if (record.value() == null || (timeMillis >= fromMillis && timeMillis < toMillis)) {
        out.collect(record);
      }
    }

    @Override
    public void close() {
      out.close();
    }
  }
}
