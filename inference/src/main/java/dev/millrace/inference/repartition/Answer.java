package dev.millrace.inference.repartition;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.avro.RowAnswer;
import java.nio.ByteBuffer;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a question.
 *
 * @param row in the wire format; null: there is none as of the event's time or earlier
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record Answer(Question question, byte @Nullable [] row) {
  /** Reads a {@code RowAnswer}. */
  public static Answer of(GenericRecord record) {
    ByteBuffer row = (ByteBuffer) record.get("row");
    byte[] bytes = null;
    if (row != null) {
      bytes = new byte[row.remaining()];
      row.duplicate().get(bytes);
    }
    return new Answer(Question.of(record), bytes);
  }

  /** As a {@code RowAnswer}. */
  public GenericRecord toAvro() {
    GenericRecord record = new GenericData.Record(RowAnswer.getClassSchema());
    question.write(record);
    record.put("row", row == null ? null : ByteBuffer.wrap(row));
    return record;
  }

  /** The key of its record: {@code <partition>:<offset>} of the event. */
  public byte[] key() {
    return (question.partition() + ":" + question.offset()).getBytes(UTF_8);
  }
}
