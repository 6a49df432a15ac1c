package dev.millrace.ingest.producer.replay;

import dev.millrace.ingest.producer.publish.Publisher;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.registry.Registry;

/** A source's topic, and how many rows went there. */
final class Output {
  private final Source source;
  private final AvroEncoder encoder;
  private final Publisher publisher;
  private long sent;

  /** Registers the source's schema. */
  Output(Source source, Registry registry, Publisher publisher) {
    this.source = source;
    this.encoder = AvroEncoder.forTopic(registry, source.topic(), source.schema());
    this.publisher = publisher;
  }

  Source source() {
    return source;
  }

  void send(Row row) {
    publisher.send(source.topic(), row.key(), encoder.encode(row.record()));
    sent++;
  }

  long sent() {
    return sent;
  }
}
