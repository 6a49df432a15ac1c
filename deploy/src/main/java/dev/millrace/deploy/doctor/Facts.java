package dev.millrace.deploy.doctor;

import dev.millrace.deploy.provision.Replication;
import dev.millrace.deploy.provision.SubjectState;
import dev.millrace.deploy.provision.TopicState;
import dev.millrace.schemas.pipeline.Pipeline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an installation.
 *
 * @param kafka the brokers
 * @param topics by name: those of the pipeline that exist, and internal ones of Kafka and of the
 *     services
 * @param subjects by name, of all topics of the pipeline whose values have one schema
 * @param groups by name, those of the pipeline's processes that exist
 * @param clocks of brokers and services
 * @param disks of brokers and of this machine
 * @param services by name
 * @param jobs of Flink, by name, the newest of each name
 * @param definition what serves, compared with the file
 * @param model the model of the file
 */
public record Facts(
    Expected expected,
    Fact<Kafka> kafka,
    Fact<Map<String, Topic>> topics,
    Fact<Map<String, SubjectState>> subjects,
    Fact<Map<String, Group>> groups,
    Fact<List<ClockReading>> clocks,
    Fact<List<Disk>> disks,
    Fact<Map<String, Service>> services,
    Fact<Map<String, Job>> jobs,
    Fact<Definition> definition,
    Fact<Artifact> model) {

  /**
   * What the installation is compared with.
   *
   * @param replication of topics
   * @param file the pipeline file, for commands
   * @param version of this command line; empty if it is not known
   * @param maxLag records that a consumer group may be behind
   */
  public record Expected(
      Pipeline pipeline,
      Replication replication,
      String bootstrapServers,
      String registryUrl,
      String file,
      String version,
      long maxLag) {
    /** Number of replicas of each partition; 1 if none is wanted. */
    int replicas() {
      return replication.factor() == null ? 1 : replication.factor();
    }

    int minIsr() {
      return replication.minIsr() == null ? 1 : replication.minIsr();
    }
  }

  /**
   * The brokers.
   *
   * @param brokers number of brokers
   * @param metadataVersion level of the feature {@code metadata.version}; 0: not known
   * @param settings of each broker by its id, if the principal may read them
   */
  public record Kafka(
      int brokers, int metadataVersion, Fact<Map<Integer, Map<String, String>>> settings) {
    public Kafka {
      // Findings name the brokers in their order.
      settings =
          settings instanceof Fact.Known<Map<Integer, Map<String, String>>> known
              ? Fact.known(new TreeMap<>(known.value()))
              : settings;
    }
  }

  /**
   * A topic.
   *
   * @param offline number of partitions without a leader
   * @param underMinIsr number of partitions with fewer replicas in sync than the minimum
   * @param underReplicated number of partitions with fewer replicas in sync than replicas
   * @param operations that the principal may do; null: not known
   */
  public record Topic(
      TopicState state,
      int offline,
      int underMinIsr,
      int underReplicated,
      @Nullable Set<String> operations) {}

  /**
   * A consumer group.
   *
   * @param state of Kafka, such as Stable
   * @param lag offsets between the committed ones and the last stable ones
   */
  public record Group(String state, int members, long lag) {}

  /**
   * A clock compared with that of this machine.
   *
   * @param ahead by how much; negative: behind
   * @param uncertainty half the interval in which it was read
   */
  public record ClockReading(String of, Duration ahead, Duration uncertainty) {}

  /**
   * A file system.
   *
   * @param error of the directory; empty if there is none
   */
  public record Disk(String of, long totalBytes, long usableBytes, String error) {}

  /**
   * A service.
   *
   * @param problem the reason why it is not ready; empty if it is
   * @param version of the process; empty if it does not tell
   */
  public record Service(String url, String problem, String version) {}

  /**
   * A job of Flink.
   *
   * @param state of Flink, such as RUNNING
   * @param age since its start
   * @param checkpointAge since its newest completed checkpoint; null: there is none
   */
  public record Job(
      String state, Duration age, Duration checkpointInterval, @Nullable Duration checkpointAge) {}

  /**
   * The definition that serves.
   *
   * @param generation that serves; empty: none
   * @param differing parts in which the file differs from it
   */
  public record Definition(String generation, List<String> differing) {}

  /**
   * The files of the model.
   *
   * @param version empty: the pipeline has no model
   * @param problem why it cannot be read; empty if it can
   * @param reference why drift has no reference; empty if it has one or needs none
   */
  public record Artifact(String version, String problem, String reference) {}
}
