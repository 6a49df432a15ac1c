package dev.millrace.features.generation;

import dev.millrace.features.generation.Standing.Role;
import dev.millrace.schemas.avro.FeatureGeneration;
import dev.millrace.schemas.flink.source.RegistryFactory;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.topics.GenerationLog;
import dev.millrace.schemas.topics.Topics;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Finds the {@link Standing} of a generation, in the topic of generations and in Kafka's groups.
 */
interface Standings {
  /**
   * The standing now.
   *
   * @throws KafkaException if the brokers do not answer
   */
  Standing now() throws InterruptedException;

  /** Makes the object in the task that uses it. */
  interface Factory extends Serializable {
    Standings create();
  }

  /**
   * @param source whose records are read
   * @param clientSettings of Kafka clients, including the bootstrap servers
   */
  static Factory kafka(
      Pipeline pipeline, String source, Properties clientSettings, RegistryFactory registry) {
    String name = pipeline.name(); // A pipeline is not serializable.
    String topic = Topics.featureGenerations(pipeline);
    String generation = Generation.of(pipeline);
    return () ->
        of(
            generation,
            new GenerationLog(topic, clientSettings, registry.connect())::read,
            serving ->
                committed(clientSettings, ProcessNames.featuresGroup(name, serving, source)));
  }

  /**
   * @param records the newest record of each generation, by generation
   * @param committed what the job of a generation has committed, by generation
   */
  static Standings of(
      String generation,
      Supplier<Map<String, FeatureGeneration>> records,
      Function<String, Map<TopicPartition, Long>> committed) {
    return () -> {
      String before = otherThatServes(generation, records.get());
      if (before == null) {
        return new Standing(Role.WRITES, Map.of());
      }
      Map<TopicPartition, Long> read = committed.apply(before);
      // Read again: what was committed by one that did not serve any more may have no dead letter.
      Map<String, FeatureGeneration> after = records.get();
      String serving = otherThatServes(generation, after);
      FeatureGeneration own = after.get(generation);
      if (serving == null) {
        return new Standing(Role.WRITES, Map.of());
      }
      if (own != null && GenerationRecords.isRetired(own)) {
        return new Standing(Role.RETIRED, Map.of());
      }
      return new Standing(Role.WAITS, serving.equals(before) ? read : Map.of());
    };
  }

  /** Null if the generation itself serves, or none. */
  private static @Nullable String otherThatServes(
      String generation, Map<String, FeatureGeneration> records) {
    FeatureGeneration serving = GenerationLog.serving(records.values());
    return serving == null || serving.getGeneration().equals(generation)
        ? null
        : serving.getGeneration();
  }

  private static Map<TopicPartition, Long> committed(Properties clientSettings, String group) {
    try (Admin admin = Admin.create(clientSettings)) {
      Map<TopicPartition, Long> offsets = new HashMap<>();
      admin
          .listConsumerGroupOffsets(group)
          .partitionsToOffsetAndMetadata()
          .get()
          .forEach(
              (partition, offset) -> {
                if (offset != null) {
                  offsets.put(partition, offset.offset());
                }
              });
      return offsets;
    } catch (ExecutionException e) {
      throw new KafkaException("The offsets of group " + group + " cannot be read", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("Interrupted while reading the offsets of group " + group, e);
    }
  }
}
