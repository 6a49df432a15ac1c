package dev.millrace.deploy.doctor;

import dev.millrace.deploy.doctor.Facts.Topic;
import dev.millrace.deploy.provision.Replication;
import dev.millrace.deploy.provision.SubjectState;
import dev.millrace.deploy.provision.TopicState;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.Topics;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** Ways to break an installation. */
final class Faults {
  private Faults() {}

  /**
   * One thing that is wrong.
   *
   * @param found a part of the finding
   * @param mend a part of what mends it
   */
  record Fault(
      String check,
      Status status,
      String found,
      String mend,
      BiConsumer<HealthyFacts, Pipeline> breaking) {
    @Override
    public String toString() {
      return check + ": " + found;
    }
  }

  static Fault fault(
      String check,
      Status status,
      String found,
      String mend,
      BiConsumer<HealthyFacts, Pipeline> breaking) {
    return new Fault(check, status, found, mend, breaking);
  }

  /** Every fault that is tested. */
  static Stream<Fault> all() {
    return Stream.of(
            ofKafka(),
            ofTopics(),
            ofSubjects(),
            ProcessFaults.ofProcesses(),
            ProcessFaults.ofMachines())
        .flatMap(faults -> faults);
  }

  private static Stream<Fault> ofKafka() {
    return Stream.of(
        fault("kafka", Status.FAIL, "Kafka 3.5", "Upgrade", (is, of) -> is.metadataVersion = 11),
        fault("brokers", Status.FAIL, "2 brokers", "missing", (is, of) -> is.brokers = 2),
        fault(
            "transactions",
            Status.FAIL,
            "60000 on broker 2",
            "transaction.max.timeout.ms=900000",
            (is, of) -> broker(is, "transaction.max.timeout.ms", "60000")),
        fault(
            "default replicas",
            Status.FAIL,
            "default.replication.factor is 1",
            "default.replication.factor=3",
            (is, of) -> broker(is, "default.replication.factor", "1")),
        fault(
            "auto-create",
            Status.WARN,
            "is true on broker 2",
            "auto.create.topics.enable=false",
            (is, of) -> broker(is, "auto.create.topics.enable", "true")),
        fault(
            "offsets",
            Status.FAIL,
            "is 1440",
            "offsets.retention.minutes=10080",
            (is, of) -> broker(is, "offsets.retention.minutes", "1440")));
  }

  private static void broker(HealthyFacts is, String name, String value) {
    Objects.requireNonNull(is.settings.get(2)).put(name, value);
  }

  private static Stream<Fault> ofTopics() {
    return Stream.of(
        fault(
            "topics",
            Status.FAIL,
            "1 of",
            "millrace provision flights.yaml",
            (is, of) -> is.topics.remove(Topics.alerts(of))),
        fault(
            "partitions",
            Status.FAIL,
            "predictions has 7",
            "partitions: 7",
            (is, of) -> partitions(is, Topics.predictions(of), 7)),
        fault(
            "partitions",
            Status.FAIL,
            "-pending-events-changelog has 2",
            "delete this topic",
            (is, of) -> partitions(is, "millrace.flights.inference-pending-events-changelog", 2)),
        fault(
            "replicas",
            Status.FAIL,
            "outcomes (2)",
            "kafka-reassign-partitions",
            (is, of) -> replicas(is, Topics.outcomes(of), 2)),
        fault(
            "replicas",
            Status.FAIL,
            "late (1 of 3)",
            "min.insync.replicas=2",
            (is, of) -> is.set(Topics.late(of), Replication.MIN_ISR, "1", true)),
        fault(
            "replicas",
            Status.FAIL,
            "late (4 of 3)",
            "min.insync.replicas=2",
            (is, of) -> is.set(Topics.late(of), Replication.MIN_ISR, "4", true)),
        fault(
            "replicas",
            Status.WARN,
            "late (3 of 3)",
            "Add replicas",
            (is, of) -> is.set(Topics.late(of), Replication.MIN_ISR, "3", true)),
        fault(
            "internal topics",
            Status.FAIL,
            "__transaction_state (1)",
            "kafka-reassign-partitions",
            (is, of) -> replicas(is, "__transaction_state", 1)),
        fault("in sync", Status.FAIL, "1 partitions have no leader", "down", sync(1, 1, 1)),
        fault("in sync", Status.FAIL, "too few replicas", "down", sync(0, 2, 2)),
        fault("in sync", Status.WARN, "a replica that is behind", "down", sync(0, 0, 3)),
        fault(
            "settings",
            Status.FAIL,
            "retention.ms is 604800000",
            "retention.ms=-1",
            (is, of) -> is.set(Topics.predictions(of), "retention.ms", "604800000", false)),
        fault(
            "settings",
            Status.WARN,
            "retention.ms is 1000",
            "retention.ms=604800000",
            (is, of) -> is.set(Topics.vectors(of), "retention.ms", "1000", true)),
        fault(
            "settings",
            Status.FAIL,
            "cleanup.policy is compact",
            "cleanup.policy=delete",
            (is, of) -> is.set(Topics.vectors(of), "cleanup.policy", "compact", true)),
        fault(
            "record size",
            Status.FAIL,
            "max.message.bytes is 65536",
            "max.message.bytes=1048588",
            (is, of) -> is.set(Topics.predictions(of), "max.message.bytes", "65536", true)),
        fault(
            "permissions",
            Status.WARN,
            "may not read millrace.flights.late",
            "kafka-acls",
            (is, of) ->
                is.topics.computeIfPresent(
                    Topics.late(of),
                    (name, topic) -> new Topic(topic.state(), 0, 0, 0, Set.of("DESCRIBE")))));
  }

  private static void partitions(HealthyFacts is, String topic, int count) {
    TopicState state = is.state(topic);
    is.state(topic, new TopicState(count, state.replication(), state.settings()));
  }

  private static void replicas(HealthyFacts is, String topic, int count) {
    TopicState state = is.state(topic);
    is.state(topic, new TopicState(state.partitions(), count, state.settings()));
  }

  private static BiConsumer<HealthyFacts, Pipeline> sync(int offline, int under, int behind) {
    return (is, of) ->
        is.topics.computeIfPresent(
            Topics.predictions(of),
            (name, topic) -> new Topic(topic.state(), offline, under, behind, topic.operations()));
  }

  private static Stream<Fault> ofSubjects() {
    return Stream.of(
        fault(
            "schemas",
            Status.FAIL,
            "missing: millrace.flights.predictions-value",
            "millrace provision flights.yaml",
            subject(SubjectState.MISSING)),
        fault(
            "schemas",
            Status.FAIL,
            "is not accepted: no default",
            "default",
            subject(new SubjectState(true, false, "BACKWARD", List.of("no default")))),
        fault(
            "schemas",
            Status.WARN,
            "compatible, but not registered",
            "millrace provision",
            subject(new SubjectState(true, false, "FULL", List.of()))),
        fault(
            "compatibility",
            Status.FAIL,
            "NONE",
            "curl -X PUT",
            subject(new SubjectState(true, true, "NONE", List.of()))));
  }

  private static BiConsumer<HealthyFacts, Pipeline> subject(SubjectState state) {
    return (is, of) -> is.subjects.put(Topics.predictions(of) + "-value", state);
  }
}
