package dev.millrace.schemas.streams.failure;

import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.DefaultProductionExceptionHandler;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Reports writes that Kafka Streams retries without end, for example after a topic was deleted. No
 * stream thread fails, so health would not show them otherwise. The handling of a failed write is
 * the default of Kafka Streams.
 */
public final class WriteFailures extends DefaultProductionExceptionHandler {
  private static final String REPORTS_TO = "millrace.write-failures";

  private @Nullable ThreadReplacement reportsTo;

  /** Called by Kafka Streams, which creates the handler by class name. */
  public WriteFailures() {}

  /**
   * Configures Kafka Streams to report failed writes.
   *
   * @param settings of Kafka Streams
   */
  public static void report(Properties settings, ThreadReplacement to) {
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
