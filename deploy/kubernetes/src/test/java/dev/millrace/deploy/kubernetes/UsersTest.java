package dev.millrace.deploy.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.deploy.kubernetes.Manifests.Manifest;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.topics.Topics;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each component may do what it needs with the names that the code gives, and nothing else. */
class UsersTest {
  private static final Pipeline PIPELINE = Manifests.pipeline();
  private static final String INGEST = ProcessNames.application(ProcessNames.INGEST, PIPELINE);
  private static final String INFERENCE =
      ProcessNames.application(ProcessNames.INFERENCE, PIPELINE);
  private static final String RETRAIN = ProcessNames.application(ProcessNames.RETRAIN, PIPELINE);
  private static final String DRIFT = ProcessNames.driftJob(PIPELINE.name());

  /** A user and an operation on a resource. */
  record Need(String user, String type, String name, String operation) {}

  static Stream<Need> needs() {
    return Stream.of(ingest(), features(), inference(), drift(), retrain(), others())
        .flatMap(needs -> needs);
  }

  @ParameterizedTest
  @MethodSource("needs")
  void itsUserMayDoIt(Need need) {
    assertThat(allows(user(need.user()), need)).as("%s", need).isTrue();
  }

  /** No service may write or delete what another one writes. */
  @Test
  void nobodyElseWritesTheTopicsOfAComponent() {
    assertWriters(Topics.clean(PIPELINE, "payments"), "cli", "ingest");
    assertWriters(Topics.vectors(PIPELINE), "cli", "features");
    assertWriters(Topics.features(PIPELINE, "customer"), "cli", "features");
    assertWriters(Topics.predictions(PIPELINE), "cli", "inference");
    assertWriters(Topics.outcomes(PIPELINE), "cli", "drift");
    assertWriters(Topics.retrainingTriggers(PIPELINE), "cli", "drift");
    assertWriters(INGEST + "-payments-published-ids-changelog", "cli", "ingest");
    assertWriters(INFERENCE + "-pending-events-changelog", "cli", "inference");
    assertWriters("payments", "cli", "producer");
  }

  private static void assertWriters(String topic, String... users) {
    Set<String> writers = new TreeSet<>();
    for (Manifest user : Manifests.base("KafkaUser")) {
      for (String operation : List.of("Write", "Delete")) {
        if (allows(user, new Need("", "topic", topic, operation))) {
          writers.add(user.name().replace("payments-", ""));
        }
      }
    }
    assertThat(writers).as(topic).containsExactlyInAnyOrder(users);
  }

  private static Stream<Need> ingest() {
    return Stream.of(
            PIPELINE.sources().values().stream()
                .flatMap(
                    source ->
                        Stream.of(
                                topic("ingest", source.topic(), "Read"),
                                topic("ingest", Topics.clean(PIPELINE, source.name()), "Write"),
                                topic(
                                    "ingest",
                                    Topics.rekeyed(PIPELINE, source.name()),
                                    "Read",
                                    "Write",
                                    "Delete"))
                            .flatMap(needs -> needs)),
            topic("ingest", Topics.late(PIPELINE), "Write"),
            topic("ingest", Topics.deadLetters(PIPELINE), "Write"),
            streams("ingest", INGEST, "payments-published-ids"))
        .flatMap(needs -> needs);
  }

  private static Stream<Need> features() {
    return Stream.of(
            topic("features", Topics.clean(PIPELINE, "payments"), "Read"),
            topic("features", Topics.vectors(PIPELINE), "Write"),
            topic("features", Topics.features(PIPELINE, "customer"), "Write"),
            topic("features", Topics.features(PIPELINE, "merchant"), "Write"),
            topic("features", Topics.featureGenerations(PIPELINE), "Read", "Write"),
            topic("features", Topics.skewReports(PIPELINE), "Write"),
            topic("features", Topics.alerts(PIPELINE), "Read", "Write"),
            topic("features", Topics.deadLetters(PIPELINE), "Write"),
            needs(
                "features",
                "group",
                ProcessNames.featuresGroup(
                    PIPELINE.name(), Generation.of(PIPELINE), PIPELINE.score()),
                "Read",
                "Describe"))
        .flatMap(needs -> needs);
  }

  private static Stream<Need> inference() {
    return Stream.of(
            topic("inference", Topics.clean(PIPELINE, PIPELINE.score()), "Read"),
            topic("inference", Topics.vectors(PIPELINE), "Read"),
            topic("inference", Topics.features(PIPELINE, "customer"), "Read"),
            topic("inference", Topics.features(PIPELINE, "merchant"), "Read"),
            topic("inference", Topics.predictions(PIPELINE), "Write"),
            topic("inference", Topics.deadLetters(PIPELINE), "Write"),
            streams("inference", INFERENCE, "pending-events"))
        .flatMap(needs -> needs);
  }

  private static Stream<Need> drift() {
    return Stream.of(
            topic("drift", Topics.predictions(PIPELINE), "Read"),
            topic("drift", Topics.clean(PIPELINE, "chargebacks"), "Read"),
            topic("drift", Topics.late(PIPELINE), "Read"),
            topic("drift", Topics.alertAcks(PIPELINE), "Read"),
            topic("drift", Topics.alerts(PIPELINE), "Read", "Write"),
            topic("drift", Topics.outcomes(PIPELINE), "Read", "Write"),
            topic("drift", Topics.driftReports(PIPELINE), "Write"),
            topic("drift", Topics.qualityReports(PIPELINE), "Write"),
            topic("drift", Topics.retrainingTriggers(PIPELINE), "Write"),
            topic("drift", Topics.deadLetters(PIPELINE), "Write"),
            needs("drift", "group", DRIFT, "Read"),
            needs(
                "drift",
                "transactionalId",
                Topics.outcomes(PIPELINE) + "-0-1",
                "Write",
                "Describe"),
            needs("drift", "cluster", "", "DescribeConfigs"))
        .flatMap(needs -> needs);
  }

  private static Stream<Need> retrain() {
    return Stream.of(
            topic("retrain", Topics.retrainingTriggers(PIPELINE), "Read"),
            topic("retrain", Topics.deadLetters(PIPELINE), "Write"),
            needs("retrain", "group", RETRAIN, "Read"))
        .flatMap(needs -> needs);
  }

  private static Stream<Need> others() {
    return Stream.of(
            topic("producer", "payments", "Write"),
            topic("consumer", Topics.predictions(PIPELINE), "Read"),
            needs("consumer", "group", "fraud-review", "Read"),
            needs("keda", "group", INGEST, "Describe"),
            needs("keda", "group", INFERENCE, "Describe"),
            needs("cli", "transactionalId", Topics.deadLetterReplays(PIPELINE), "Write"),
            needs("cli", "group", INGEST, "Describe"))
        .flatMap(needs -> needs);
  }

  /** What Kafka Streams does with exactly-once. */
  private static Stream<Need> streams(String user, String application, String store) {
    return Stream.of(
            topic(
                user,
                application + "-" + store + "-changelog",
                "Create",
                "Read",
                "Write",
                "Alter",
                "DescribeConfigs",
                "AlterConfigs"),
            needs(user, "group", application, "Read", "Describe"),
            needs(user, "transactionalId", application + "-4f1c-1", "Write", "Describe"))
        .flatMap(needs -> needs);
  }

  private static Stream<Need> topic(String user, String name, String... operations) {
    return Stream.concat(
        needs(user, "topic", name, operations), needs(user, "topic", name, "Describe"));
  }

  private static Stream<Need> needs(String user, String type, String name, String... operations) {
    return Arrays.stream(operations).map(operation -> new Need(user, type, name, operation));
  }

  private static Manifest user(String name) {
    return Manifests.base("KafkaUser").stream()
        .filter(user -> user.name().equals("payments-" + name))
        .findFirst()
        .orElseThrow();
  }

  private static boolean allows(Manifest user, Need need) {
    return StreamSupport.stream(user.content().at("/spec/authorization/acls").spliterator(), false)
        .anyMatch(rule -> covers(rule.path("resource"), need) && names(rule, need.operation()));
  }

  private static boolean covers(JsonNode resource, Need need) {
    String name = resource.path("name").asText();
    boolean prefix = resource.path("patternType").asText().equals("prefix");
    return resource.path("type").asText().equals(need.type())
        && (prefix ? need.name().startsWith(name) : need.name().equals(name));
  }

  private static boolean names(JsonNode rule, String operation) {
    return StreamSupport.stream(rule.path("operations").spliterator(), false)
        .anyMatch(each -> each.asText().equals(operation));
  }
}
