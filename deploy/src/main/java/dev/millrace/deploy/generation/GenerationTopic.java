package dev.millrace.deploy.generation;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.deploy.process.PlatformException;
import dev.millrace.deploy.topic.TopicReader;
import dev.millrace.schemas.avro.FeatureGeneration;
import dev.millrace.schemas.avro.GenerationStatus;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.codec.SpecificRecords;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ViewVersion;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.Cluster;
import dev.millrace.schemas.topics.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The topic of a pipeline's generations: reads what serves, and marks it. */
public final class GenerationTopic {
  private final Cluster cluster;
  private final Pipeline pipeline;
  private final String topic;

  public GenerationTopic(Cluster cluster, Pipeline pipeline) {
    this.cluster = cluster;
    this.pipeline = pipeline;
    this.topic = Topics.featureGenerations(pipeline);
  }

  /** The generations by their name, each by its newest record; none without the topic. */
  public Map<String, FeatureGeneration> read() throws InterruptedException {
    Map<String, FeatureGeneration> generations = new LinkedHashMap<>();
    if (!exists()) {
      return generations;
    }
    var decoder =
        new AvroDecoder(
            Registry.http(cluster.registryUrl()), topic, FeatureGeneration.getClassSchema());
    TopicReader.read(
        cluster.clientSettings(),
        List.of(topic),
        record -> {
          if (!(decoder.decode(record.value()) instanceof Decoded.Value value)) {
            throw new PlatformException(
                "topic %s, offset %d: only Millrace writes to this topic, but the record cannot be decoded"
                    .formatted(topic, record.offset()));
          }
          var generation = SpecificRecords.of(value.record(), FeatureGeneration.class);
          generations.put(generation.getGeneration(), generation);
        });
    return generations;
  }

  private boolean exists() throws InterruptedException {
    try (var admin = Admin.create(cluster.clientSettings())) {
      return admin.listTopics().names().get().contains(topic);
    } catch (ExecutionException e) {
      throw new PlatformException("the topics cannot be listed: " + e.getMessage(), e);
    }
  }

  /**
   * Marks the generation of the definition as the one that serves, with the definition's other
   * parts, and every other one as retired. Writes nothing if that is so already.
   *
   * @param now wall clock
   * @return the other generation that served until now; empty if there was none
   */
  public Optional<String> markServing(Instant now) throws InterruptedException {
    var parts = DefinitionParts.of(pipeline);
    List<FeatureGeneration> changed = new ArrayList<>();
    var known = read();
    var serving = known.getOrDefault(Generation.of(pipeline), unwritten(now));
    if (serving.getStatus() != GenerationStatus.SERVING || !serving.getParts().equals(parts)) {
      changed.add(
          FeatureGeneration.newBuilder(serving)
              .setStatus(GenerationStatus.SERVING)
              .setStatusAt(now)
              .setParts(parts)
              .build());
    }
    for (var other : known.values()) {
      if (!other.getGeneration().equals(serving.getGeneration())
          && other.getStatus() != GenerationStatus.RETIRED) {
        changed.add(
            FeatureGeneration.newBuilder(other)
                .setStatus(GenerationStatus.RETIRED)
                .setStatusAt(now)
                .build());
      }
    }
    // A reader between two records sees two that serve rather than none: it takes the newest.
    write(changed);
    return known.values().stream()
        .filter(other -> other.getStatus() == GenerationStatus.SERVING)
        .map(FeatureGeneration::getGeneration)
        .filter(other -> !other.equals(serving.getGeneration()))
        .findFirst();
  }

  /** The features job writes the record of a generation; a pipeline without lookups has no job. */
  private FeatureGeneration unwritten(Instant now) {
    return FeatureGeneration.newBuilder()
        .setGeneration(Generation.of(pipeline))
        .setScored(Generation.scored(pipeline))
        .setCreatedAt(now)
        .setStatus(GenerationStatus.BACKFILLING)
        .setStatusAt(now)
        .setViews(
            ViewVersion.all(pipeline).stream()
                .map(
                    view ->
                        dev.millrace.schemas.avro.ViewVersion.newBuilder()
                            .setView(view.view())
                            .setVersion(view.version())
                            .setDefinition(view.definition())
                            .build())
                .toList())
        .setLookups(Generation.lookups(pipeline))
        .build();
  }

  private void write(List<FeatureGeneration> generations) throws InterruptedException {
    if (generations.isEmpty()) {
      return;
    }
    var encoder =
        AvroEncoder.forTopic(
            Registry.http(cluster.registryUrl()), topic, FeatureGeneration.getClassSchema());
    var settings = new Properties();
    settings.putAll(cluster.clientSettings());
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    try (var producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (var generation : generations) {
        var key = generation.getGeneration().getBytes(UTF_8);
        producer.send(new ProducerRecord<>(topic, key, encoder.encode(generation))).get();
      }
    } catch (ExecutionException e) {
      throw new PlatformException(
          "topic %s cannot be written: %s".formatted(topic, e.getMessage()), e);
    }
  }
}
