package dev.millrace.deploy.doctor;

import dev.millrace.deploy.doctor.Facts.Kafka;
import dev.millrace.schemas.pipeline.Durations;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.TransactionTimeouts;
import dev.millrace.schemas.topics.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;

/** Checks of the brokers. */
final class KafkaChecks {
  /** The first level of metadata.version of each release, from MetadataVersion of kafka_server. */
  private static final NavigableMap<Integer, String> RELEASES =
      new TreeMap<>(
          Map.of(
              8, "3.4", 9, "3.5", 12, "3.6", 15, "3.7", 20, "3.8", 21, "3.9", 22, "4.0", 26, "4.1",
              28, "4.2", 30, "4.3"));

  /**
   * 3.6, the first with message.timestamp.after.max.ms (KIP-937), which topics are created with.
   */
  private static final int LEAST_LEVEL = 12;

  private static final String MAX_TRANSACTION = "transaction.max.timeout.ms";
  private static final String OFFSETS_RETENTION = "offsets.retention.minutes";
  private static final String AUTO_CREATE = "auto.create.topics.enable";
  private static final String DEFAULT_REPLICATION = "default.replication.factor";

  /** None of the settings of these checks can be changed while a broker runs. */
  private static final String PROPERTIES = "in server.properties of each broker, and restart it:";

  static final List<Check> ALL =
      List.of(
          KafkaChecks::reachable,
          KafkaChecks::size,
          KafkaChecks::transactions,
          KafkaChecks::defaultReplication,
          KafkaChecks::autoCreate,
          KafkaChecks::offsetsRetention);

  private KafkaChecks() {}

  private static List<Finding> reachable(Facts facts) {
    Findings findings = new Findings("kafka");
    if (facts.kafka() instanceof Fact.Unknown<Kafka> unknown) {
      findings.fail(
          unknown.reason(),
          "an answer of " + facts.expected().bootstrapServers(),
          "Start the brokers, or correct --bootstrap-servers and --kafka-properties.");
      return findings.orOk("");
    }
    return facts
        .kafka()
        .check(
            "kafka",
            kafka -> {
              int level = kafka.metadataVersion();
              if (level > 0 && level < LEAST_LEVEL) {
                findings.fail(
                    release(level),
                    "Kafka 3.6 or newer",
                    "Upgrade the brokers and their features.");
              }
              return findings.orOk(release(level));
            });
  }

  private static String release(int level) {
    if (level == 0) {
      return "answers; its version is not known";
    }
    var entry = RELEASES.floorEntry(level);
    return "answers; %s, metadata.version %d"
        .formatted(
            entry == null
                ? "older than Kafka 3.4"
                : entry.equals(RELEASES.lastEntry())
                    ? "Kafka %s or newer".formatted(entry.getValue())
                    : "Kafka " + entry.getValue(),
            level);
  }

  private static List<Finding> size(Facts facts) {
    return facts
        .kafka()
        .check(
            "brokers",
            kafka -> {
              Findings findings = new Findings("brokers");
              int wanted = facts.expected().replicas();
              if (kafka.brokers() < wanted) {
                findings.fail(
                    "%d brokers".formatted(kafka.brokers()),
                    "%d, one for each replica".formatted(wanted),
                    "Start the missing brokers, or give the wanted --replication.");
              } else if (wanted > 1 && kafka.brokers() <= facts.expected().minIsr()) {
                findings.warn(
                    "%d brokers".formatted(kafka.brokers()),
                    "more than min.insync.replicas (%d)".formatted(facts.expected().minIsr()),
                    "With one broker down no write succeeds: add a broker.");
              }
              return findings.orOk(
                  kafka.brokers() == 1 ? "1, as expected" : kafka.brokers() + " brokers");
            });
  }

  private static List<Finding> transactions(Facts facts) {
    Pipeline pipeline = facts.expected().pipeline();
    Duration drift = Objects.requireNonNull(Durations.parse(TransactionTimeouts.DRIFT));
    boolean hasOutcomes = pipeline.labels() != null;
    Duration needed = hasOutcomes ? drift : TransactionTimeouts.SERVICES;
    return atLeast(
        facts,
        "transactions",
        MAX_TRANSACTION,
        needed.toMillis(),
        "%s (%s, the transactions of %s)"
            .formatted(
                needed.toMillis(),
                Durations.format(needed),
                hasOutcomes ? "the drift job" : "ingest and inference"),
        hasOutcomes ? "Start the drift job with a shorter --transaction-timeout, or set " : "Set ");
  }

  private static List<Finding> defaultReplication(Facts facts) {
    int wanted = facts.expected().replicas();
    return atLeast(
        facts,
        "default replicas",
        DEFAULT_REPLICATION,
        wanted,
        "%d, as for topics: the changelogs of the services take it".formatted(wanted),
        "Changelogs that exist must be reassigned. For new ones, set ");
  }

  private static List<Finding> offsetsRetention(Facts facts) {
    return atLeast(
        facts,
        "offsets",
        OFFSETS_RETENTION,
        Topics.VECTOR_RETENTION.toMinutes(),
        "%d (%s, as long as vectors are kept): a service that is stopped for longer reads its topics from the begin"
            .formatted(
                Topics.VECTOR_RETENTION.toMinutes(), Durations.format(Topics.VECTOR_RETENTION)),
        "Set ");
  }

  private static List<Finding> atLeast(
      Facts facts, String check, String setting, long least, String expected, String mend) {
    return settings(
        facts,
        check,
        settings -> {
          Findings findings = new Findings(check);
          settings.forEach(
              (broker, values) -> {
                String value = values.get(setting);
                if (value != null && Long.parseLong(value) < least) {
                  findings.fail(
                      "%s is %s on broker %d".formatted(setting, value, broker),
                      "at least " + expected,
                      mend + PROPERTIES,
                      "%s=%d".formatted(setting, least));
                }
              });
          return findings.orOk("%s is %s".formatted(setting, values(settings, setting)));
        });
  }

  private static List<Finding> autoCreate(Facts facts) {
    return settings(
        facts,
        "auto-create",
        settings -> {
          Findings findings = new Findings("auto-create");
          settings.forEach(
              (broker, values) -> {
                if ("true".equals(values.get(AUTO_CREATE))) {
                  findings.warn(
                      "%s is true on broker %d".formatted(AUTO_CREATE, broker),
                      "false: a mistyped or deleted topic comes back with the brokers' defaults",
                      "Set " + PROPERTIES,
                      AUTO_CREATE + "=false");
                }
              });
          return findings.orOk("%s is %s".formatted(AUTO_CREATE, values(settings, AUTO_CREATE)));
        });
  }

  private static List<Finding> settings(
      Facts facts, String check, Function<Map<Integer, Map<String, String>>, List<Finding>> rule) {
    return facts.kafka().check(check, kafka -> kafka.settings().check(check, rule));
  }

  /** The different values of a setting. */
  private static String values(Map<Integer, Map<String, String>> settings, String name) {
    return String.join(
        ", ",
        settings.values().stream()
            .map(values -> values.getOrDefault(name, "not shown"))
            .distinct()
            .toList());
  }
}
