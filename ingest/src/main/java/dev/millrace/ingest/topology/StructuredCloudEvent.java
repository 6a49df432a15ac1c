package dev.millrace.ingest.topology;

import dev.millrace.ingest.check.CheckedEvent.Rejected;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.topics.WireHeaders;
import java.util.Locale;
import org.apache.kafka.common.header.Headers;

/**
 * A CloudEvent in structured mode: attributes and data together are the value, as JSON for example.
 * Ingest reads binary mode only, in which the value is the data and the attributes are headers.
 *
 * @see <a
 *     href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md#3-kafka-message-mapping">Kafka
 *     protocol binding for CloudEvents, the content modes</a>
 */
final class StructuredCloudEvent {
  private static final String CONTENT_TYPE = "content-type";
  private static final String PREFIX = "application/cloudevents";
  private static final int LONGEST_TYPE = 100;

  private StructuredCloudEvent() {}

  /**
   * The reason for the rejection of a value that cannot be decoded.
   *
   * @param reason returned if the headers do not say that the value is a structured CloudEvent
   */
  static Rejected reason(Headers headers, Rejected reason) {
    String type = WireHeaders.text(headers, CONTENT_TYPE);
    if (type == null || !type.strip().toLowerCase(Locale.ROOT).startsWith(PREFIX)) {
      return reason;
    }
    return new Rejected(
        RejectionCode.WRONG_FORMAT,
        "the header content-type is %s, a CloudEvent in structured mode: publish it in binary mode, with the event as Avro in the value and the attributes in headers ce_*"
            .formatted(type.length() <= LONGEST_TYPE ? type : type.substring(0, LONGEST_TYPE)));
  }
}
