package dev.millrace.ingest.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.LatePolicy;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;

class StreamsSettingsTest {
  /** By default a broker rejects records with timestamps more than 1 h ahead of its clock. */
  @Test
  void internalTopicsAcceptRecordsOfAnyTime() {
    Properties settings =
        IngestHarness.settings(ShopPayments.pipeline(4, LatePolicy.TOPIC), Path.of("unused"));
    assertThat(new StreamsConfig(settings).originalsWithPrefix(StreamsConfig.TOPIC_PREFIX))
        .containsEntry("message.timestamp.after.max.ms", String.valueOf(Long.MAX_VALUE))
        .containsEntry("message.timestamp.before.max.ms", String.valueOf(Long.MAX_VALUE));
  }
}
