package dev.millrace.features;

import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
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
 * The graph of the job: a source for each source that has views, an operator and a sink for each
 * view, and a sink for the dead letters of each source.
 *
 * <p>The ids of a source and of the operators of its views carry a fingerprint of their definition.
 * So a changed view never finds state of its old definition, nor does it begin in the middle of its
 * source: Flink refuses such a checkpoint, or, told to ignore what has no operator, leaves behind
 * the state of the views and the positions in the source together, and reads it from the beginning.
 * Sources whose views are as they were go on.
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
        String definition = Definition.fingerprint(source, views);
        DataStream<Incoming> events = events(env, source, views, definition);
        for (int i = 0; i < views.size(); i++) {
          features(events, views, i, definition);
        }
        deadLetters(events, source);
      }
    }
  }

  private DataStream<Incoming> events(
      StreamExecutionEnvironment env, Source source, List<FeatureView> views, String definition) {
    String id = source.name() + "-events";
    return env.fromSource(kafkaSource(source, views), EventTime.strategy(source.lateness()), id)
        .uid(id + "-" + definition);
  }

  /**
   * Without a checkpoint it reads from the beginning, not from the committed offsets: windows that
   * start empty in the middle of a stream would be silently wrong.
   */
  private KafkaSource<Incoming> kafkaSource(Source source, List<FeatureView> views) {
    String clean = Topics.clean(pipeline, source.name());
    List<String> topics = new ArrayList<>(List.of(clean));
    if (source.late() == LatePolicy.TOPIC) {
      topics.add(Topics.late(pipeline));
    }
    return KafkaSource.<Incoming>builder()
        .setProperties(kafka)
        .setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed")
        .setTopics(topics)
        .setGroupId(name(pipeline) + "-" + source.name())
        .setClientIdPrefix(name(pipeline) + "-" + source.name())
        .setStartingOffsets(OffsetsInitializer.earliest())
        .setDeserializer(new EventReader(source, views, clean, registries))
        .build();
  }

  private void features(
      DataStream<Incoming> events, List<FeatureView> views, int index, String definition) {
    FeatureView view = views.get(index);
    String topic = Topics.features(pipeline, view.name());
    String input = view.name() + "-input";
    String operator = view.name() + "-features";
    String sink = view.name() + "-sink";
    events
        .flatMap(new EventsOfView(index), ViewEventSerializer.TYPE)
        .name(input)
        .uid(input)
        .keyBy(ViewEvent::entity, Types.STRING)
        .transform(
            operator,
            TypeInformation.of(EncodedRow.class),
            new AggregateOperator(pipeline, view, registries))
        .name(operator)
        .uid(operator + "-" + definition)
        .sinkTo(kafkaSink(topic))
        .name(sink)
        .uid(sink);
  }

  private void deadLetters(DataStream<Incoming> events, Source source) {
    String id = source.name() + "-dead-letters";
    events
        .filter(Unreadable.class::isInstance)
        .name(id + "-input")
        .uid(id + "-input")
        .sinkTo(
            KafkaSink.<Incoming>builder()
                .setKafkaProducerConfig(kafka)
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setRecordSerializer(new DeadLetterWriter(Topics.deadLetters(pipeline)))
                .build())
        .name(id)
        .uid(id);
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
