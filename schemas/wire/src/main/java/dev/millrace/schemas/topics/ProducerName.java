package dev.millrace.schemas.topics;

import org.apache.kafka.common.header.Headers;

/**
 * The name of the producer of a record, from its headers: {@link WireHeaders#PRODUCER}, otherwise
 * the attribute {@code source} of a CloudEvent in binary mode.
 *
 * @see <a
 *     href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md">Kafka
 *     protocol binding for CloudEvents</a>
 */
public final class ProducerName {
  /** The name of a producer that does not send one. */
  public static final String UNKNOWN = "unknown";

  /** The header with the attribute {@code source} of a CloudEvent in binary mode. */
  static final String CLOUD_EVENT_SOURCE = "ce_source";

  /** Long enough for a service's name or a URI, short enough for a column and a metric's label. */
  static final int MAX_CHARS = 64;

  private ProducerName() {}

  /**
   * The name in a record's headers, at most 64 characters. What is not a printable ASCII character
   * other than a space is replaced by {@code _}.
   */
  public static String of(Headers headers) {
    String name = WireHeaders.text(headers, WireHeaders.PRODUCER);
    if (name == null || name.isBlank()) {
      name = WireHeaders.text(headers, CLOUD_EVENT_SOURCE);
    }
    if (name == null || name.isBlank()) {
      return UNKNOWN;
    }
    String printable = name.strip().replaceAll("[^!-~]", "_");
    return printable.length() <= MAX_CHARS ? printable : printable.substring(0, MAX_CHARS);
  }
}
