package dev.millrace.features;

import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * The graph of the job: a source for each source that has views, and an operator and a sink for
 * each view.
 */
final class FeaturesJob {
  private final Pipeline pipeline;
  private final Properties kafka;
  private final Registries registries;

  /**
   * @param kafka client settings, {@code bootstrap.servers} at least
   */
  FeaturesJob(Pipeline pipeline, Properties kafka, Registries registries) {
    this.pipeline = pipeline;
    this.kafka = kafka;
    this.registries = registries;
  }

  static String name(Pipeline pipeline) {
    return "millrace-" + pipeline.name() + "-features";
  }

  void build(StreamExecutionEnvironment env) {
    for (Source source : pipeline.sources().values()) {
      List<FeatureView> views =
          pipeline.features().values().stream()
              .filter(view -> view.from().equals(source.name()))
              .toList();
      if (!views.isEmpty()) {
        DataStream<ViewEvent> events = events(env, source, views);
        for (int i = 0; i < views.size(); i++) {
          features(events, views.get(i), i);
        }
      }
    }
  }

  private DataStream<ViewEvent> events(
      StreamExecutionEnvironment env, Source source, List<FeatureView> views) {
    String id = source.name() + "-events";
    return env.fromSource(kafkaSource(source, views), EventTime.strategy(source.lateness()), id)
        .uid(id);
  }

  /**
   * Without a checkpoint it reads from the beginning, not from the committed offsets: windows that
   * start empty in the middle of a stream would be silently wrong.
   */
  private KafkaSource<ViewEvent> kafkaSource(Source source, List<FeatureView> views) {
    String clean = Topics.clean(pipeline, source.name());
    List<String> topics = new ArrayList<>(List.of(clean));
    if (source.late() == LatePolicy.TOPIC) {
      topics.add(Topics.late(pipeline));
    }
    return KafkaSource.<ViewEvent>builder()
        .setProperties(kafka)
        .setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed")
        .setTopics(topics)
        .setGroupId(name(pipeline) + "-" + source.name())
        .setClientIdPrefix(name(pipeline) + "-" + source.name())
        .setStartingOffsets(OffsetsInitializer.earliest())
        .setDeserializer(new EventReader(source, views, clean, registries))
        .build();
  }

  private void features(DataStream<ViewEvent> events, FeatureView view, int index) {
    String topic = Topics.features(pipeline, view.name());
    String input = view.name() + "-input";
    String operator = view.name() + "-features";
    String sink = view.name() + "-sink";
    events
        .filter(event -> event.view() == index)
        .name(input)
        .uid(input)
        .keyBy(ViewEvent::entity, Types.STRING)
        .transform(
            operator,
            TypeInformation.of(EncodedRow.class),
            new AggregateOperator(
                view, topic, PipelineSchemas.featureRow(pipeline, view), registries))
        .name(operator)
        .uid(operator)
        .sinkTo(kafkaSink(topic))
        .name(sink)
        .uid(sink);
  }

  /**
   * Rows are upserts by (entity, event time, offset), so a row that is sent twice after a restart
   * changes nothing, and no transaction holds one back until the next checkpoint.
   */
  private KafkaSink<EncodedRow> kafkaSink(String topic) {
    return KafkaSink.<EncodedRow>builder()
        .setKafkaProducerConfig(kafka)
        .setProperty(ProducerConfig.LINGER_MS_CONFIG, "0")
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        .setRecordSerializer(new RowWriter(topic))
        .build();
  }
}
