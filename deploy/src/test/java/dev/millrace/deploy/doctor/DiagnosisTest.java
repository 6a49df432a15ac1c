package dev.millrace.deploy.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.doctor.Facts.Artifact;
import dev.millrace.deploy.doctor.Facts.ClockReading;
import dev.millrace.deploy.doctor.Facts.Definition;
import dev.millrace.deploy.doctor.Facts.Disk;
import dev.millrace.deploy.doctor.Facts.Group;
import dev.millrace.deploy.doctor.Facts.Job;
import dev.millrace.deploy.doctor.Facts.Service;
import dev.millrace.deploy.doctor.Facts.Topic;
import dev.millrace.deploy.provision.Replication;
import dev.millrace.deploy.provision.SubjectState;
import dev.millrace.deploy.provision.TopicState;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.testing.ExamplePipeline;
import dev.millrace.schemas.topics.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each way to break an installation is found by its check, and by no other one. */
class DiagnosisTest {
  private final Pipeline pipeline;

  DiagnosisTest(@TempDir Path directory) {
    pipeline = PipelineFile.load(ExamplePipeline.FLIGHTS.writeTo(directory));
  }

  /**
   * One thing that is wrong.
   *
   * @param found a part of the finding
   * @param mend a part of what mends it
   */
  private record Fault(
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

  private static Fault fault(
      String check,
      Status status,
      String found,
      String mend,
      BiConsumer<HealthyFacts, Pipeline> breaking) {
    return new Fault(check, status, found, mend, breaking);
  }

  static Stream<Fault> faults() {
    return Stream.of(ofKafka(), ofTopics(), ofSubjects(), ofProcesses(), ofMachines())
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
            (is, of) ->
                partitions(is, "millrace.flights.inference-pending-events-changelog", 2)),
        fault(
            "replicas",
            Status.FAIL,
            "outcomes has 2",
            "kafka-reassign-partitions",
            (is, of) -> replicas(is, Topics.outcomes(of), 2)),
        fault(
            "replicas",
            Status.FAIL,
            "min.insync.replicas is 1 of 3",
            "min.insync.replicas=2",
            (is, of) -> is.set(Topics.late(of), Replication.MIN_ISR, "1", true)),
        fault(
            "replicas",
            Status.WARN,
            "min.insync.replicas is 3 of 3",
            "lower",
            (is, of) -> is.set(Topics.late(of), Replication.MIN_ISR, "3", true)),
        fault(
            "internal topics",
            Status.FAIL,
            "__transaction_state has 1",
            "kafka-reassign-partitions",
            (is, of) -> {
              is.set("__transaction_state", Replication.MIN_ISR, "2", true);
              TopicState state = is.state("__transaction_state");
              is.set("__transaction_state", Replication.MIN_ISR, "1", true);
              is.state("__transaction_state", new TopicState(50, 1, state.settings()));
            }),
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
    is.set(topic, Replication.MIN_ISR, "2", true);
    TopicState state = is.state(topic);
    is.state(topic, new TopicState(state.partitions(), count, state.settings()));
  }

  private static BiConsumer<HealthyFacts, Pipeline> sync(int offline, int under, int behind) {
    return (is, of) ->
        is.topics.computeIfPresent(
            Topics.predictions(of),
            (name, topic) ->
                new Topic(topic.state(), offline, under, behind, topic.operations()));
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

  private static Stream<Fault> ofProcesses() {
    return Stream.of(
        fault(
            "services",
            Status.FAIL,
            "ingest: restoring",
            "log of ingest",
            (is, of) -> is.services.put("ingest", new Service("http://i", "restoring", "1.0"))),
        fault(
            "versions",
            Status.WARN,
            "ingest is 0.9",
            "one version",
            (is, of) -> is.services.put("ingest", new Service("http://i", "", "0.9"))),
        fault(
            "definition",
            Status.WARN,
            "drift, labels",
            "millrace plan",
            (is, of) ->
                is.definition =
                    new Definition(is.definition.generation(), List.of("drift", "labels"))),
        fault(
            "definition",
            Status.WARN,
            "generation 01234567 serves",
            "millrace plan",
            (is, of) -> is.definition = new Definition("01234567", List.of())),
        fault(
            "definition",
            Status.WARN,
            "no definition",
            "--mark-serving",
            (is, of) -> is.definition = new Definition("", List.of())),
        fault(
            "groups",
            Status.FAIL,
            "ingest has no member",
            "Start",
            (is, of) -> is.groups.put(ingest(of), new Group("Empty", 0, 3))),
        fault(
            "groups",
            Status.FAIL,
            "ingest has no member",
            "Start",
            (is, of) -> is.groups.remove(ingest(of))),
        fault(
            "groups",
            Status.WARN,
            "PreparingRebalance",
            "again",
            (is, of) -> is.groups.put(ingest(of), new Group("PreparingRebalance", 2, 3))),
        fault(
            "groups",
            Status.WARN,
            "10,001 records behind",
            "add an instance",
            (is, of) -> is.groups.put(ingest(of), new Group("Stable", 2, 10_001))),
        fault(
            "flink jobs",
            Status.FAIL,
            "drift is not there",
            "Submit",
            (is, of) -> is.jobs.remove(ProcessNames.driftJob(of.name()))),
        fault("flink jobs", Status.FAIL, "is FAILED", "exceptions", job("FAILED", 1)),
        fault("flink jobs", Status.WARN, "is RESTARTING", "exceptions", job("RESTARTING", 1)),
        fault("flink jobs", Status.FAIL, "is 101 s old", "checkpoints", job("RUNNING", 101)),
        fault(
            "flink jobs",
            Status.FAIL,
            "no checkpoint in 3,600 s",
            "checkpoints",
            (is, of) ->
                is.jobs.put(
                    ProcessNames.driftJob(of.name()),
                    new Job("RUNNING", Duration.ofHours(1), Duration.ofSeconds(2), null))));
  }

  private static String ingest(Pipeline pipeline) {
    return ProcessNames.application(ProcessNames.INGEST, pipeline);
  }

  private static BiConsumer<HealthyFacts, Pipeline> job(String state, int checkpointSeconds) {
    return (is, of) ->
        is.jobs.put(
            ProcessNames.driftJob(of.name()), HealthyFacts.job(state, checkpointSeconds));
  }

  private static Stream<Fault> ofMachines() {
    return Stream.of(
        fault("clocks", Status.WARN, "3.0 s ahead of", "chronyc", clock(3_000)),
        fault("clocks", Status.FAIL, "31.0 s behind", "chronyc", clock(-31_000)),
        fault("disks", Status.WARN, "10% of 1000 GB", "Enlarge", disk(100, "")),
        fault("disks", Status.FAIL, "4% of 1000 GB", "Enlarge", disk(40, "")),
        fault("disks", Status.FAIL, "offline", "Mend", disk(600, "offline")),
        fault(
            "model",
            Status.FAIL,
            "cannot be read",
            "model.path",
            (is, of) -> is.model = new Artifact("", "cannot be read", "")),
        fault(
            "model",
            Status.WARN,
            "profile.json is missing",
            "millrace profile",
            (is, of) -> is.model = new Artifact("0123", "", "profile.json is missing")));
  }

  private static BiConsumer<HealthyFacts, Pipeline> clock(int millis) {
    return (is, of) ->
        is.clock = new ClockReading("broker 1", Duration.ofMillis(millis), Duration.ofMillis(100));
  }

  private static BiConsumer<HealthyFacts, Pipeline> disk(long gigabytes, String error) {
    return (is, of) ->
        is.disk = new Disk("broker 1", 1_000_000_000_000L, gigabytes * 1_000_000_000L, error);
  }

  @Test
  void aHealthyInstallationIsOk() {
    List<Finding> findings = Diagnosis.of(new HealthyFacts(pipeline).facts());
    assertThat(findings).allMatch(finding -> finding.status() == Status.OK);
    assertThat(findings).extracting(Finding::check).doesNotHaveDuplicates().hasSize(25);
    assertThat(Diagnosis.hasFailed(findings)).isFalse();
  }

  @ParameterizedTest
  @MethodSource("faults")
  void eachFaultIsFoundByItsCheckOnly(Fault fault) {
    HealthyFacts facts = new HealthyFacts(pipeline);
    fault.breaking().accept(facts, pipeline);
    List<Finding> problems =
        Diagnosis.of(facts.facts()).stream()
            .filter(finding -> finding.status() != Status.OK)
            .toList();
    assertThat(problems).hasSize(1);
    Finding finding = problems.get(0);
    assertThat(finding.check()).isEqualTo(fault.check());
    assertThat(finding.status()).isEqualTo(fault.status());
    assertThat(finding.found()).contains(fault.found());
    assertThat(finding.expected()).isNotBlank();
    assertThat(finding.mend() + String.join(" ", finding.commands())).contains(fault.mend());
    assertThat(Diagnosis.hasFailed(problems)).isEqualTo(fault.status() == Status.FAIL);
  }

  @Test
  void eachCheckHasAFault() {
    Set<String> checks = new HashSet<>();
    Diagnosis.of(new HealthyFacts(pipeline).facts()).forEach(each -> checks.add(each.check()));
    checks.remove("registry"); // See the next test.
    assertThat(faults().map(Fault::check)).containsAll(checks);
  }

  @Test
  void whatIsNotKnownIsSkippedAndOnlyTheUnreachableFails() {
    Facts nothing =
        new Facts(
            new HealthyFacts(pipeline).expected(),
            Fact.unknown("no Kafka"),
            Fact.unknown("no Kafka"),
            Fact.unknown("no registry"),
            Fact.unknown("no Kafka"),
            Fact.unknown("no clock"),
            Fact.unknown("no disk"),
            Fact.unknown("no service"),
            Fact.unknown("no Flink"),
            Fact.unknown("no Kafka"),
            Fact.unknown("no model"));
    List<Finding> findings = Diagnosis.of(nothing);
    assertThat(findings.stream().filter(each -> each.status() == Status.FAIL))
        .extracting(Finding::check)
        .containsExactly("kafka", "registry");
    assertThat(findings.stream().filter(each -> each.status() == Status.SKIP))
        .hasSize(findings.size() - 2)
        .allSatisfy(each -> assertThat(each.found()).startsWith("no "));
  }

  /** The age counts from the start of the job: one that has just started has no checkpoint yet. */
  @Test
  void aJobThatHasJustStartedNeedsNoCheckpoint() {
    HealthyFacts facts = new HealthyFacts(pipeline);
    facts.jobs.put(
        ProcessNames.driftJob(pipeline.name()),
        new Job("RUNNING", Duration.ofSeconds(20), Duration.ofSeconds(2), null));
    assertThat(Diagnosis.of(facts.facts())).allMatch(each -> each.status() == Status.OK);
  }

  /** A Date header has whole seconds; a clock is wrong only if it is so for certain. */
  @Test
  void anUncertainClockIsNotWrong() {
    HealthyFacts facts = new HealthyFacts(pipeline);
    facts.clock = new ClockReading("ingest", Duration.ofSeconds(4), Duration.ofSeconds(3));
    assertThat(Diagnosis.of(facts.facts())).allMatch(each -> each.status() == Status.OK);
  }

  @Test
  void theReportFitsTheTerminalExceptForCommands() {
    List<Finding> findings =
        faults()
            .flatMap(
                fault -> {
                  HealthyFacts facts = new HealthyFacts(pipeline);
                  fault.breaking().accept(facts, pipeline);
                  return Diagnosis.of(facts.facts()).stream();
                })
            .toList();
    Set<String> commands = new HashSet<>();
    findings.forEach(finding -> commands.addAll(finding.commands()));
    List<String> lines = Report.text(findings, 80);
    assertThat(lines)
        .allMatch(line -> line.length() <= 80 || commands.contains(line.strip()))
        .noneMatch(line -> line.endsWith(" "));
    assertThat(Report.json("flights", findings))
        .contains("\"check\" : \"clocks\"", "\"failed\" : true");
  }
}
