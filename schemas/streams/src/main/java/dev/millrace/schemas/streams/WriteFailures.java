package dev.millrace.schemas.streams;

import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.DefaultProductionExceptionHandler;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Reports the writes that Kafka Streams repeats without end, as when a topic was deleted: no stream
 * thread fails of them, so health would not show them. What becomes of a failed write stays as
 * Kafka Streams has it.
 */
public final class WriteFailures extends DefaultProductionExceptionHandler {
  private static final String REPORTS_TO = "millrace.write-failures";

  private @Nullable ThreadReplacement reportsTo;

  /** For Kafka Streams, which makes an instance by class name. */
  public WriteFailures() {}

  /**
   * Lets a service report failed writes.
   *
   * @param settings of Kafka Streams
   */
  static void report(Properties settings, ThreadReplacement to) {
    settings.put(StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG, WriteFailures.class);
    settings.put(REPORTS_TO, to);
  }

  @Override
  public void configure(Map<String, ?> configs) {
    super.configure(configs);
    reportsTo = (ThreadReplacement) configs.get(REPORTS_TO);
  }

  @Override
  public Response handleError(
      ErrorHandlerContext context, ProducerRecord<byte[], byte[]> record, Exception exception) {
    if (reportsTo != null && exception instanceof RetriableException) {
      reportsTo.writeFailed(record.topic(), exception);
    }
    return super.handleError(context, record, exception);
  }
}
