package dev.millrace.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.command.ProvisionCommand;
import dev.millrace.deploy.doctor.Diagnosis;
import dev.millrace.deploy.doctor.Facts.Expected;
import dev.millrace.deploy.doctor.Finding;
import dev.millrace.deploy.doctor.Status;
import dev.millrace.deploy.doctor.facts.Collector;
import dev.millrace.deploy.doctor.facts.Installation;
import dev.millrace.deploy.e2e.pipeline.Await;
import dev.millrace.deploy.e2e.pipeline.Packaged;
import dev.millrace.deploy.platform.Component;
import dev.millrace.deploy.platform.LocalPlatform;
import dev.millrace.deploy.platform.PlatformConfig;
import dev.millrace.deploy.provision.Replication;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.Cluster;
import dev.millrace.schemas.topics.Topics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * {@code millrace provision} and {@code millrace doctor} on a real broker and registry, without
 * services. The tests are steps: everything is provisioned, then broken, then mended.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@SuppressWarnings("NullAway.Init") // JUnit calls start first.
class DoctorIT {
  /** No service runs, so nothing reads, no definition is marked, and no clock can be read. */
  private static final Set<String> WITHOUT_SERVICES =
      Set.of("groups", "definition", "services", "versions", "flink jobs", "clocks");

  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private LocalPlatform platform;
  private Admin admin;
  private Path file;
  private Pipeline pipeline;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    Path resources = Path.of(DoctorIT.class.getResource("/returns").toURI());
    file = Packaged.copy(resources, directory.resolve("pipeline")).resolve("pipeline.yaml");
    pipeline = PipelineFile.load(file);
    platform =
        LocalPlatform.start(
            PlatformConfig.of(Packaged.DISTRIBUTION, directory.resolve("platform"), null)
                .withPorts(Map.of(Component.BROKER, 0, Component.REGISTRY, 0)),
            System.out::println);
    admin = Admin.create(cluster().clientSettings());
  }

  @AfterAll
  void stop() {
    if (admin != null) {
      admin.close();
    }
    if (platform != null) {
      platform.close();
    }
  }

  private Cluster cluster() {
    Properties settings = new Properties();
    settings.setProperty("bootstrap.servers", platform.endpoints().bootstrapServers());
    return new Cluster(settings, platform.endpoints().registryUrl());
  }

  @Test
  @Order(1)
  void aDryRunChangesNothing() throws Exception {
    assertThat(provision(0, "--dry-run"))
        .contains("  + topic " + Topics.predictions(pipeline), "Nothing was changed");
    assertThat(admin.listTopics().names().get()).isEmpty();
    assertThat(subject(Topics.predictions(pipeline))).isNull();
    assertThat(provision(2, "--replication=1", "--min-isr=2")).isEmpty();
  }

  @Test
  @Order(2)
  void everythingIsCreatedOnce() throws Exception {
    provision(0, "--replication=1", "--min-isr=1");
    List<String> wanted = Topics.of(pipeline).stream().map(Topics.Topic::name).toList();
    assertThat(admin.listTopics().names().get()).containsAll(wanted);
    assertThat(subject(Topics.predictions(pipeline))).isNotNull();
    assertThat(provision(0, "--replication=1", "--min-isr=1"))
        .contains("topics that exist: %d, nothing differs.".formatted(wanted.size()))
        .doesNotContain(" + ", " ~ ", " ! ");
  }

  @Test
  @Order(3)
  void aHealthyClusterIsOk() throws Exception {
    assertThat(problems()).isEmpty();
  }

  @Test
  @Order(4)
  void eachFaultIsFound() throws Exception {
    set(Topics.late(pipeline), "message.timestamp.after.max.ms", "1000");
    set(Topics.predictions(pipeline), "retention.ms", "86400000");
    set(Topics.alerts(pipeline), "max.message.bytes", "1000");
    admin
        .createPartitions(Map.of(Topics.outcomes(pipeline), NewPartitions.increaseTo(9)))
        .all()
        .get();
    admin.deleteTopics(List.of(Topics.alertAcks(pipeline))).all().get();
    delete(Topics.driftReports(pipeline));
    // A broker may answer for a moment as before.
    Await.condition("all faults", TIMEOUT, () -> problems().size() == 6);
    assertThat(problems())
        .containsExactlyInAnyOrder(
            "FAIL topics 1 of %d are missing: %s"
                .formatted(Topics.of(pipeline).size(), Topics.alertAcks(pipeline)),
            "FAIL partitions %s has 9".formatted(Topics.outcomes(pipeline)),
            "FAIL settings %s: message.timestamp.after.max.ms is 1000"
                .formatted(Topics.late(pipeline)),
            "WARN settings %s: retention.ms is 86400000".formatted(Topics.predictions(pipeline)),
            "FAIL record size %s: max.message.bytes is 1000".formatted(Topics.alerts(pipeline)),
            "FAIL schemas missing: %s-value".formatted(Topics.driftReports(pipeline)));
  }

  @Test
  @Order(5)
  void provisionMendsWhatLosesNoRecordAndPrintsTheRest() throws Exception {
    assertThat(provision(1))
        .contains("+ topic " + Topics.alertAcks(pipeline))
        .contains("+ subject " + Topics.driftReports(pipeline))
        .contains("! %s: partitions is 9".formatted(Topics.outcomes(pipeline)))
        .contains("retention.ms is 86400000, set by an operator, and kept")
        .contains("--add-config message.timestamp.after.max.ms=9223372036854775807");
    assertThat(provision(1, "--alter"))
        .contains("~ %s: message.timestamp.after.max.ms".formatted(Topics.late(pipeline)));
    assertThat(new TreeSet<>(problems()))
        .containsExactly(
            "FAIL partitions %s has 9".formatted(Topics.outcomes(pipeline)),
            "FAIL record size %s: max.message.bytes is 1000".formatted(Topics.alerts(pipeline)),
            "WARN settings %s: retention.ms is 86400000".formatted(Topics.predictions(pipeline)));
  }

  @Test
  @Order(6)
  void anUnreachableRegistryAndBrokerAreNamed() throws Exception {
    platform.child(Component.REGISTRY).killHard();
    assertThat(failures(cluster())).contains("registry").doesNotContain("kafka", "schemas");
    Properties nowhere = new Properties();
    nowhere.setProperty("bootstrap.servers", "127.0.0.1:1");
    nowhere.setProperty("default.api.timeout.ms", "2000");
    nowhere.setProperty("request.timeout.ms", "1000");
    assertThat(failures(new Cluster(nowhere, cluster().registryUrl())))
        .containsExactly("kafka", "registry");
  }

  private List<Finding> findings(Cluster cluster) throws InterruptedException {
    Expected expected =
        new Expected(
            pipeline,
            new Replication((short) 1, 1),
            cluster.bootstrapServers(),
            cluster.registryUrl(),
            file.toString(),
            "",
            10_000);
    return Diagnosis.of(
        new Collector(new Installation(cluster, Map.of(), "", null), expected, Duration.ZERO)
            .collect());
  }

  /** What is not OK, without what needs services or depends on the machine. */
  private List<String> problems() throws InterruptedException {
    return findings(cluster()).stream()
        .filter(finding -> finding.status() != Status.OK)
        .filter(finding -> !WITHOUT_SERVICES.contains(finding.check()))
        .filter(finding -> !finding.check().equals("disks"))
        .map(each -> "%s %s %s".formatted(each.status(), each.check(), each.found()))
        .toList();
  }

  private List<String> failures(Cluster cluster) throws InterruptedException {
    return findings(cluster).stream()
        .filter(finding -> finding.status() == Status.FAIL)
        .map(Finding::check)
        .filter(check -> !check.equals("disks"))
        .toList();
  }

  private void set(String topic, String name, String value) throws Exception {
    var change = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    admin.incrementalAlterConfigs(Map.of(resource, List.of(change))).all().get();
  }

  private void delete(String topic) throws Exception {
    URI uri = URI.create("%s/subjects/%s-value".formatted(cluster().registryUrl(), topic));
    var request = HttpRequest.newBuilder(uri).DELETE().build();
    assertThat(
            HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(200);
  }

  private @Nullable String subject(String topic) {
    return Registry.latestSchema(cluster().registryUrl(), topic + "-value");
  }

  /** Runs the command and checks its exit code. */
  private String provision(int exitCode, String... options) {
    List<String> arguments = new ArrayList<>(List.of(file.toString()));
    arguments.add("--bootstrap-servers=" + cluster().bootstrapServers());
    arguments.add("--registry=" + cluster().registryUrl());
    arguments.addAll(List.of(options));
    StringWriter out = new StringWriter();
    int exit =
        new CommandLine(new ProvisionCommand())
            .setOut(new PrintWriter(out, true))
            .execute(arguments.toArray(String[]::new));
    System.out.println(out);
    assertThat(exit).isEqualTo(exitCode);
    return out.toString();
  }
}
