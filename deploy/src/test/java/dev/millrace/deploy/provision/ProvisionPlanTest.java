package dev.millrace.deploy.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.deploy.provision.Difference.Kind;
import dev.millrace.deploy.provision.TopicState.Setting;
import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.testing.ExamplePipeline;
import dev.millrace.schemas.topics.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Plans of a pipeline against clusters that exist only as data. */
class ProvisionPlanTest {
  private static final Replication THREE = new Replication((short) 3, 2);
  private static final String SEVEN_DAYS = "604800000";

  private final Pipeline pipeline;

  ProvisionPlanTest() throws IOException {
    pipeline =
        PipelineFile.load(ExamplePipeline.FLIGHTS.writeTo(Files.createTempDirectory("provision")));
  }

  /** A cluster on which a plan was applied. */
  private static Existing after(
      Existing before, ProvisionPlan plan, Replication replication, Set<Kind> mended) {
    Map<String, TopicState> topics = new HashMap<>(before.topics());
    for (Topics.Topic topic : plan.missing()) {
      Map<String, Setting> settings = new HashMap<>();
      topic.config().forEach((name, value) -> settings.put(name, new Setting(value, true)));
      int replicas = replication.factor() == null ? 1 : replication.factor();
      topics.put(topic.name(), new TopicState(topic.partitions(), replicas, settings));
    }
    for (Difference each : plan.differences(mended)) {
      TopicState topic = Objects.requireNonNull(topics.get(each.topic()));
      Map<String, Setting> settings = new HashMap<>(topic.settings());
      settings.put(each.setting(), new Setting(each.wanted(), true));
      topics.put(each.topic(), new TopicState(topic.partitions(), topic.replication(), settings));
    }
    Map<String, SubjectState> subjects = new HashMap<>(before.subjects());
    Set<SubjectChange> left = new HashSet<>(plan.subjectsLeft(mended));
    for (SubjectChange change : plan.subjects()) {
      if (!left.contains(change)) {
        subjects.put(change.subject(), new SubjectState(true, true, "BACKWARD", List.of()));
      }
    }
    return new Existing(topics, subjects);
  }

  private Existing provisioned() {
    Existing nothing = new Existing(Map.of(), Map.of());
    return after(nothing, ProvisionPlan.of(pipeline, nothing, THREE), THREE, Set.of());
  }

  private Existing with(String topic, String setting, Setting value) {
    Existing existing = provisioned();
    Map<String, TopicState> topics = new HashMap<>(existing.topics());
    TopicState state = Objects.requireNonNull(topics.get(topic));
    Map<String, Setting> settings = new HashMap<>(state.settings());
    settings.put(setting, value);
    topics.put(topic, new TopicState(state.partitions(), state.replication(), settings));
    return new Existing(topics, existing.subjects());
  }

  private List<Kind> kinds(Existing existing) {
    return ProvisionPlan.of(pipeline, existing, THREE).differences().stream()
        .map(Difference::kind)
        .toList();
  }

  @Example
  void anEmptyClusterGetsEveryTopicAndSubject() {
    ProvisionPlan plan = ProvisionPlan.of(pipeline, new Existing(Map.of(), Map.of()), THREE);
    assertThat(plan.missing())
        .extracting(Topics.Topic::name)
        .containsExactlyElementsOf(Topics.of(pipeline).stream().map(Topics.Topic::name).toList());
    assertThat(plan.missing())
        .allSatisfy(topic -> assertThat(topic.config()).containsEntry("min.insync.replicas", "2"));
    assertThat(plan.subjects())
        .allSatisfy(each -> assertThat(each.kind()).isEqualTo(SubjectChange.Kind.CREATE))
        .hasSizeGreaterThan(10);
  }

  @Example
  void aSecondRunHasNothingToDo() {
    ProvisionPlan again = ProvisionPlan.of(pipeline, provisioned(), THREE);
    assertThat(again.createsNothing()).isTrue();
    assertThat(again.differences()).isEmpty();
    assertThat(again.subjects()).isEmpty();
  }

  /** Whatever exists: what is mended is not found again, and nothing else comes up. */
  @Property(tries = 200)
  void whatIsMendedIsNotFoundAgain(@ForAll("clusters") Existing existing) {
    Set<Kind> mended = Set.of(Kind.SAFE);
    ProvisionPlan plan = ProvisionPlan.of(pipeline, existing, THREE);
    ProvisionPlan again = ProvisionPlan.of(pipeline, after(existing, plan, THREE, mended), THREE);
    assertThat(again.createsNothing()).isTrue();
    assertThat(again.left(mended)).isEqualTo(plan.left(mended));
    assertThat(again.left(Set.of())).isEqualTo(plan.left(mended));
    assertThat(again.subjects()).isEqualTo(plan.subjectsLeft(mended));
  }

  /** What is altered without a question never shortens the time for which records are kept. */
  @Property(tries = 200)
  void noSafeChangeDeletesRecords(@ForAll("clusters") Existing existing) {
    for (Difference each :
        ProvisionPlan.of(pipeline, existing, THREE).differences(Set.of(Kind.SAFE))) {
      assertThat(each.setting()).isNotEqualTo("cleanup.policy");
      if (each.setting().endsWith("retention.ms")) {
        long wanted = Long.parseLong(each.wanted());
        long found = Long.parseLong(each.found());
        assertThat(wanted == -1 || (found != -1 && wanted > found)).as("%s", each).isTrue();
      }
    }
  }

  /** Each topic missing or there, each setting as wanted, inherited or chosen, any numbers. */
  @Provide
  Arbitrary<Existing> clusters() {
    return Arbitraries.randoms().map(this::cluster);
  }

  private Existing cluster(Random random) {
    Map<String, TopicState> topics = new HashMap<>();
    Map<String, SubjectState> subjects = new HashMap<>();
    for (Topics.Topic topic : Topics.of(pipeline)) {
      if (random.nextInt(3) > 0) {
        Map<String, Setting> settings = new HashMap<>();
        topic.config().forEach((name, value) -> settings.put(name, setting(name, value, random)));
        settings.put(
            Replication.MIN_ISR,
            new Setting(String.valueOf(1 + random.nextInt(3)), random.nextBoolean()));
        int partitions = random.nextInt(4) == 0 ? 7 : topic.partitions();
        topics.put(topic.name(), new TopicState(partitions, 1 + random.nextInt(4), settings));
      }
      if (topic.schema() != null && random.nextBoolean()) {
        List<String> levels = Arrays.asList(null, "BACKWARD", "FULL", "NONE");
        boolean registered = random.nextBoolean();
        subjects.put(
            WireFormat.subject(topic.name()),
            new SubjectState(
                true,
                registered,
                levels.get(random.nextInt(levels.size())),
                registered || random.nextBoolean() ? List.of() : List.of("no default")));
      }
    }
    return new Existing(topics, subjects);
  }

  private static Setting setting(String name, String wanted, Random random) {
    boolean own = random.nextBoolean();
    if (random.nextInt(3) == 0) {
      return new Setting(wanted, own);
    }
    return switch (name) {
      case "cleanup.policy" -> new Setting(random.nextBoolean() ? "compact" : "delete", own);
      case "message.timestamp.type" -> new Setting("CreateTime", own);
      default -> new Setting(List.of("-1", "1000", SEVEN_DAYS).get(random.nextInt(3)), own);
    };
  }

  @Example
  void retentionThatTheBrokersDefaultIsProlonged() {
    String predictions = Topics.predictions(pipeline);
    assertThat(kinds(with(predictions, "retention.ms", new Setting(SEVEN_DAYS, false))))
        .containsExactly(Kind.SAFE);
  }

  @Example
  void retentionThatAnOperatorHasSetIsKept() {
    String predictions = Topics.predictions(pipeline);
    Existing existing = with(predictions, "retention.ms", new Setting("1000", true));
    assertThat(kinds(existing)).containsExactly(Kind.CHOSEN);
    assertThat(ProvisionPlan.of(pipeline, existing, THREE).left(Set.of())).isEmpty();
  }

  @Example
  void anotherCleanupPolicyIsLeftToPeople() {
    String vectors = Topics.vectors(pipeline);
    Existing existing = with(vectors, "cleanup.policy", new Setting("compact", true));
    assertThat(kinds(existing)).containsExactly(Kind.LOSSY);
    assertThat(ProvisionPlan.of(pipeline, existing, THREE).differences().get(0).remedy("b:1"))
        .isEqualTo(
            "kafka-configs --bootstrap-server b:1 --alter --entity-type topics --entity-name %s --add-config cleanup.policy=delete"
                .formatted(vectors));
  }

  @Example
  void timestampsOfWritingAreRequired() {
    assertThat(
            kinds(
                with(
                    Topics.vectors(pipeline),
                    "message.timestamp.type",
                    new Setting("CreateTime", true))))
        .containsExactly(Kind.SAFE);
  }

  @Example
  void partitionsAreComparedExceptThoseOfProducers() {
    String producers = pipeline.scored().topic();
    String clean = Topics.clean(pipeline, pipeline.score());
    Existing existing = provisioned();
    Map<String, TopicState> topics = new HashMap<>(existing.topics());
    for (String topic : List.of(producers, clean)) {
      topics.computeIfPresent(topic, (name, state) -> new TopicState(7, 3, state.settings()));
    }
    ProvisionPlan plan =
        ProvisionPlan.of(pipeline, new Existing(topics, existing.subjects()), THREE);
    assertThat(plan.differences())
        .containsExactly(
            new Difference(
                clean,
                Difference.PARTITIONS,
                "7",
                String.valueOf(pipeline.partitions()),
                Kind.MANUAL));
  }

  @Example
  void fewerReplicasThanTheMinimumInSyncAreNotAltered() {
    Existing existing = provisioned();
    Map<String, TopicState> topics = new HashMap<>(existing.topics());
    String alerts = Topics.alerts(pipeline);
    topics.computeIfPresent(
        alerts,
        (name, state) -> {
          Map<String, Setting> settings = new HashMap<>(state.settings());
          settings.put(Replication.MIN_ISR, new Setting("1", false));
          return new TopicState(1, 1, settings);
        });
    assertThat(
            ProvisionPlan.of(pipeline, new Existing(topics, existing.subjects()), THREE)
                .differences())
        .extracting(Difference::setting, Difference::kind)
        .containsExactlyInAnyOrder(
            tuple(Difference.REPLICATION, Kind.MANUAL), tuple(Replication.MIN_ISR, Kind.MANUAL));
  }

  @Example
  void moreInSyncThanReplicasIsAMistake() {
    assertThat(new Replication((short) 2, 3).mistake()).isPresent();
    assertThat(new Replication((short) 0, null).mistake()).isPresent();
    assertThat(THREE.mistake()).isEmpty();
    assertThat(Replication.BROKER_DEFAULT.mistake()).isEmpty();
  }
}
