package dev.millrace.deploy.doctor.facts;

import dev.millrace.deploy.doctor.Fact;
import dev.millrace.deploy.doctor.Facts;
import dev.millrace.deploy.doctor.Facts.Artifact;
import dev.millrace.deploy.doctor.Facts.ClockReading;
import dev.millrace.deploy.doctor.Facts.Definition;
import dev.millrace.deploy.doctor.Facts.Disk;
import dev.millrace.deploy.doctor.Facts.Expected;
import dev.millrace.deploy.doctor.Facts.Job;
import dev.millrace.deploy.doctor.Facts.Service;
import dev.millrace.deploy.doctor.Facts.Topic;
import dev.millrace.deploy.doctor.Groups;
import dev.millrace.deploy.generation.DefinitionParts;
import dev.millrace.deploy.generation.GenerationTopic;
import dev.millrace.deploy.process.PlatformException;
import dev.millrace.deploy.provision.SubjectState;
import dev.millrace.deploy.provision.Subjects;
import dev.millrace.schemas.avro.FeatureGeneration;
import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.model.ModelArtifact;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.TrainingReferenceCheck;
import dev.millrace.schemas.registry.RegistryUnavailable;
import dev.millrace.schemas.topics.GenerationLog;
import dev.millrace.schemas.topics.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/** Collects the facts of an installation. Nothing is created or changed. */
public final class Collector {
  /** A healthy broker answers within milliseconds. */
  private static final String KAFKA_TIMEOUT_MILLIS = "10000";

  private final Installation installation;
  private final Expected expected;
  private final Duration clockWait;
  private final HttpFacts http = new HttpFacts();

  /**
   * @param clockWait longest time to wait for a record of each broker, which tells its clock
   */
  public Collector(Installation installation, Expected expected, Duration clockWait) {
    this.installation = installation;
    this.expected = expected;
    this.clockWait = clockWait;
  }

  /** The facts; what cannot be read is unknown, with the reason. */
  public Facts collect() throws InterruptedException {
    Fact<Map<String, SubjectState>> subjects = subjects();
    Fact<Map<String, Service>> services = services();
    Fact<Map<String, Job>> jobs = jobs();
    Properties settings = new Properties();
    settings.setProperty(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, KAFKA_TIMEOUT_MILLIS);
    settings.setProperty(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, KAFKA_TIMEOUT_MILLIS);
    settings.putAll(installation.cluster().clientSettings());
    try (Admin admin = Admin.create(settings)) {
      var reader = new KafkaFacts(admin, expected.pipeline());
      var kafka = fact("", reader::brokers);
      if (kafka instanceof Fact.Unknown<Facts.Kafka> unknown) {
        return withoutKafka(unknown.reason(), subjects, services, jobs);
      }
      Fact<Map<String, Topic>> topics = fact("the topics: ", reader::topics);
      return new Facts(
          expected,
          kafka,
          topics,
          subjects,
          fact("the groups: ", () -> reader.groups(Groups.of(expected.pipeline()))),
          clocks(admin, topics),
          disks(reader),
          services,
          jobs,
          definition(),
          model());
    } catch (KafkaException e) {
      return withoutKafka(Reasons.of(e), subjects, services, jobs);
    }
  }

  private Facts withoutKafka(
      String reason,
      Fact<Map<String, SubjectState>> subjects,
      Fact<Map<String, Service>> services,
      Fact<Map<String, Job>> jobs) {
    return new Facts(
        expected,
        Fact.unknown(reason),
        Fact.unknown(reason),
        subjects,
        Fact.unknown(reason),
        clocks(http.clocks(), reason),
        Fact.unknown(reason),
        services,
        jobs,
        Fact.unknown(reason),
        model());
  }

  /** Reads something of Kafka. */
  private interface Read<T> {
    T get() throws ExecutionException, InterruptedException;
  }

  private static <T> Fact<T> fact(String what, Read<T> read) throws InterruptedException {
    try {
      return Fact.known(read.get());
    } catch (ExecutionException | KafkaException e) {
      return Fact.unknown(what + Reasons.of(e));
    }
  }

  private Fact<Map<String, SubjectState>> subjects() {
    String url = installation.cluster().registryUrl();
    Map<String, SubjectState> subjects = new HashMap<>();
    try {
      for (Topics.Topic topic : Topics.of(expected.pipeline())) {
        if (topic.schema() != null) {
          String subject = WireFormat.subject(topic.name());
          subjects.put(
              subject, Subjects.read(url, subject, Objects.requireNonNull(topic.schema())));
        }
      }
      return Fact.known(subjects);
    } catch (RegistryUnavailable e) {
      return Fact.unknown("the registry does not answer");
    }
  }

  private Fact<Map<String, Service>> services() throws InterruptedException {
    if (installation.services().isEmpty()) {
      return Fact.unknown("no address of a service is known; give --service NAME=URL");
    }
    Map<String, Service> services = new HashMap<>();
    for (Map.Entry<String, String> each : installation.services().entrySet()) {
      services.put(each.getKey(), http.service(each.getKey(), each.getValue()));
    }
    return Fact.known(services);
  }

  private Fact<Map<String, Job>> jobs() throws InterruptedException {
    if (installation.flink().isEmpty()) {
      return Fact.unknown("the address of Flink is not known; give --flink URL");
    }
    try {
      return Fact.known(http.jobs(installation.flink()));
    } catch (IOException e) {
      return Fact.unknown("Flink at %s does not answer".formatted(installation.flink()));
    }
  }

  /** The brokers that write meanwhile, and the services that have answered. */
  private Fact<List<ClockReading>> clocks(Admin admin, Fact<Map<String, Topic>> topics)
      throws InterruptedException {
    TreeSet<String> stamped = new TreeSet<>();
    if (topics instanceof Fact.Known<Map<String, Topic>> known) {
      known
          .value()
          .forEach(
              (name, topic) -> {
                if (BrokerClocks.KAFKAS_OWN.contains(name)
                    || "LogAppendTime".equals(topic.state().value("message.timestamp.type"))) {
                  stamped.add(name);
                }
              });
    }
    Fact<List<ClockReading>> brokers =
        fact("the clocks of brokers: ", () -> new BrokerClocks(admin, clockWait).read(stamped));
    List<ClockReading> all = new ArrayList<>();
    if (brokers instanceof Fact.Known<List<ClockReading>> known) {
      all.addAll(known.value());
    }
    all.addAll(http.clocks());
    return clocks(
        all,
        brokers instanceof Fact.Unknown<List<ClockReading>> unknown
            ? unknown.reason()
            : "no broker has written a record in %d s, and no address of a service is known"
                .formatted(clockWait.toSeconds()));
  }

  private static Fact<List<ClockReading>> clocks(List<ClockReading> found, String reason) {
    return found.isEmpty() ? Fact.unknown(reason) : Fact.known(found);
  }

  private Fact<List<Disk>> disks(KafkaFacts reader) throws InterruptedException {
    Fact<List<Disk>> brokers = fact("the disks of brokers: ", reader::disks);
    List<Disk> all = new ArrayList<>();
    if (brokers instanceof Fact.Known<List<Disk>> known) {
      all.addAll(known.value());
    }
    Path directory = installation.directory();
    if (directory != null) {
      try {
        FileStore store = Files.getFileStore(directory);
        all.add(new Disk(directory.toString(), store.getTotalSpace(), store.getUsableSpace(), ""));
      } catch (IOException e) {
        all.add(new Disk(directory.toString(), 1, 1, String.valueOf(e.getMessage())));
      }
    }
    String reason =
        brokers instanceof Fact.Unknown<List<Disk>> unknown
            ? unknown.reason()
            : "the brokers do not tell the size of their disks";
    return all.isEmpty() ? Fact.unknown(reason) : Fact.known(all);
  }

  private Fact<Definition> definition() {
    Pipeline pipeline = expected.pipeline();
    try {
      FeatureGeneration serving =
          GenerationLog.serving(
              new GenerationTopic(installation.cluster(), pipeline).read().values());
      if (serving == null) {
        return Fact.known(new Definition("", List.of()));
      }
      Map<String, String> parts = DefinitionParts.of(pipeline);
      TreeSet<String> names = new TreeSet<>(parts.keySet());
      names.addAll(serving.getParts().keySet());
      names.removeIf(name -> Objects.equals(parts.get(name), serving.getParts().get(name)));
      return Fact.known(new Definition(serving.getGeneration(), List.copyOf(names)));
    } catch (PlatformException | RegistryUnavailable | UncheckedIOException e) {
      return Fact.unknown(String.valueOf(e.getMessage()));
    }
  }

  private Fact<Artifact> model() {
    Pipeline pipeline = expected.pipeline();
    Model model = pipeline.model();
    Path path = model == null ? null : model.path();
    if (model == null || path == null) {
      return Fact.known(new Artifact("", "", ""));
    }
    try {
      String version = ModelArtifact.read(path).version();
      Path shadow = model.shadow();
      if (shadow != null) {
        ModelArtifact.read(shadow);
      }
      String missing = TrainingReferenceCheck.missing(pipeline);
      List<String> slices = TrainingReferenceCheck.missingSlices(pipeline);
      String reference =
          missing != null
              ? missing
              : slices.isEmpty()
                  ? ""
                  : "profile.json has no slices by " + String.join(", ", slices);
      return Fact.known(new Artifact(version, "", reference));
    } catch (IOException | UncheckedIOException e) {
      return Fact.known(new Artifact("", "cannot be read: " + e.getMessage(), ""));
    }
  }
}
