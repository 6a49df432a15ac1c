package dev.millrace.deploy.doctor;

import dev.millrace.deploy.doctor.Facts.Artifact;
import dev.millrace.deploy.doctor.Facts.ClockReading;
import dev.millrace.deploy.doctor.Facts.Definition;
import dev.millrace.deploy.doctor.Facts.Disk;
import dev.millrace.deploy.doctor.Facts.Expected;
import dev.millrace.deploy.doctor.Facts.Group;
import dev.millrace.deploy.doctor.Facts.Job;
import dev.millrace.deploy.doctor.Facts.Kafka;
import dev.millrace.deploy.doctor.Facts.Service;
import dev.millrace.deploy.doctor.Facts.Topic;
import dev.millrace.deploy.provision.Replication;
import dev.millrace.deploy.provision.SubjectState;
import dev.millrace.deploy.provision.TopicState;
import dev.millrace.deploy.provision.TopicState.Setting;
import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.topics.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The facts of an installation with three brokers, of which all is as it should be. */
final class HealthyFacts {
  static final Replication THREE = new Replication((short) 3, 2);

  private final Pipeline pipeline;
  final Map<Integer, Map<String, String>> settings = new HashMap<>();
  final Map<String, Topic> topics = new HashMap<>();
  final Map<String, SubjectState> subjects = new HashMap<>();
  final Map<String, Group> groups = new HashMap<>();
  final Map<String, Service> services = new HashMap<>();
  final Map<String, Job> jobs = new HashMap<>();
  int brokers = 3;
  int metadataVersion = 30;
  ClockReading clock = new ClockReading("broker 1", Duration.ofMillis(40), Duration.ofMillis(100));
  Disk disk = new Disk("broker 1, /data", 1_000_000_000_000L, 600_000_000_000L, "");
  Definition definition;
  Artifact model = new Artifact("0123456789ab", "", "");

  HealthyFacts(Pipeline pipeline) {
    this.pipeline = pipeline;
    for (int broker = 1; broker <= brokers; broker++) {
      settings.put(
          broker,
          new HashMap<>(
              Map.of(
                  "transaction.max.timeout.ms", "900000",
                  "default.replication.factor", "3",
                  "auto.create.topics.enable", "false",
                  "offsets.retention.minutes", "10080")));
    }
    for (Topics.Topic topic : Topics.of(pipeline)) {
      topics.put(topic.name(), topic(topic.partitions(), topic.config()));
      if (topic.schema() != null) {
        subjects.put(
            WireFormat.subject(topic.name()), new SubjectState(true, true, "BACKWARD", List.of()));
      }
    }
    topics.put("__consumer_offsets", topic(50, Map.of("cleanup.policy", "compact")));
    topics.put("__transaction_state", topic(50, Map.of("cleanup.policy", "compact")));
    topics.put(
        ProcessNames.application(ProcessNames.INFERENCE, pipeline) + "-pending-events-changelog",
        topic(pipeline.partitions(), Map.of()));
    Groups.of(pipeline).forEach(name -> groups.put(name, new Group("Empty", 0, 3)));
    Groups.withMembers(pipeline).forEach(name -> groups.put(name, new Group("Stable", 2, 3)));
    services.put("ingest", new Service("http://ingest:9101", "", "1.0"));
    services.put("inference", new Service("http://inference:9103", "", "1.0"));
    jobs.put(ProcessNames.featuresJob(pipeline), job("RUNNING", 8));
    jobs.put(ProcessNames.driftJob(pipeline.name()), job("RUNNING", 1));
    definition = new Definition(Generation.of(pipeline), List.of());
  }

  static Job job(String state, int checkpointSeconds) {
    return new Job(
        state, Duration.ofHours(1), Duration.ofSeconds(10), Duration.ofSeconds(checkpointSeconds));
  }

  private static Topic topic(int partitions, Map<String, String> config) {
    Map<String, Setting> all = new HashMap<>();
    config.forEach((name, value) -> all.put(name, new Setting(value, true)));
    all.put(Replication.MIN_ISR, new Setting("2", true));
    all.put("max.message.bytes", new Setting("1048588", false));
    return new Topic(
        new TopicState(partitions, 3, all), 0, 0, 0, Set.of("READ", "WRITE", "DESCRIBE"));
  }

  /** Replaces the state of a topic. */
  void state(String name, TopicState state) {
    Topic topic = Objects.requireNonNull(topics.get(name), name);
    topics.put(name, new Topic(state, 0, 0, 0, topic.operations()));
  }

  TopicState state(String name) {
    return Objects.requireNonNull(topics.get(name), name).state();
  }

  /** Sets a setting of a topic. */
  void set(String name, String setting, String value, boolean own) {
    TopicState state = state(name);
    Map<String, Setting> all = new HashMap<>(state.settings());
    all.put(setting, new Setting(value, own));
    state(name, new TopicState(state.partitions(), state.replication(), all));
  }

  Expected expected() {
    return new Expected(
        pipeline, THREE, "broker:9092", "http://registry:8081", "flights.yaml", "1.0", 10_000);
  }

  Facts facts() {
    return new Facts(
        expected(),
        Fact.known(new Kafka(brokers, metadataVersion, Fact.known(settings))),
        Fact.known(topics),
        Fact.known(subjects),
        Fact.known(groups),
        Fact.known(List.of(clock)),
        Fact.known(List.of(disk)),
        Fact.known(services),
        Fact.known(jobs),
        Fact.known(definition),
        Fact.known(model));
  }
}
