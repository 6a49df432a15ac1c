package dev.millrace.deploy.doctor;

import dev.millrace.deploy.doctor.Facts.Expected;
import dev.millrace.deploy.doctor.Facts.Topic;
import dev.millrace.deploy.provision.Difference;
import dev.millrace.deploy.provision.Replication;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Checks of the replicas of the pipeline's topics, of changelogs and of Kafka's own topics. */
final class ReplicaChecks {
  /** Kafka's topics of offsets and transactions. */
  private static final List<String> KAFKAS_OWN =
      List.of("__consumer_offsets", "__transaction_state");

  /** Topics that a finding names. */
  private static final int SHOWN = 3;

  static final List<Check> ALL =
      List.of(ReplicaChecks::replicas, ReplicaChecks::inSync, ReplicaChecks::internal);

  private ReplicaChecks() {}

  private static List<Finding> replicas(Facts facts) {
    return facts
        .topics()
        .check(
            "replicas",
            topics -> {
              Map<String, Topic> own = sorted(topics);
              own.keySet().removeAll(KAFKAS_OWN);
              Findings findings = new Findings("replicas");
              replication(facts.expected(), own, findings);
              return findings.orOk(
                  "%d or more, min.insync.replicas %d or more"
                      .formatted(facts.expected().replicas(), facts.expected().minIsr()));
            });
  }

  /** One finding for each thing that is wrong, with the topics that it is about. */
  private static void replication(Expected expected, Map<String, Topic> topics, Findings findings) {
    List<String> few = new ArrayList<>();
    List<String> unsafe = new ArrayList<>();
    List<String> blocking = new ArrayList<>();
    List<String> tight = new ArrayList<>();
    topics.forEach(
        (name, topic) -> {
          int replicas = topic.state().replication();
          String value = topic.state().value(Replication.MIN_ISR);
          int minIsr = value == null ? expected.minIsr() : Integer.parseInt(value);
          String entry = "%s (%d of %d)".formatted(name, minIsr, replicas);
          if (replicas < expected.replicas()) {
            few.add("%s (%d)".formatted(name, replicas));
          } else if (minIsr > replicas) {
            blocking.add(entry);
          } else if (minIsr < expected.minIsr()) {
            unsafe.add(entry);
          } else if (minIsr == replicas && minIsr > 1) {
            tight.add(entry);
          }
        });
    String minIsrOf = "min.insync.replicas of %s";
    String setting =
        Difference.configCommand(
            expected.bootstrapServers(),
            "topics",
            "TOPIC",
            Replication.MIN_ISR,
            String.valueOf(expected.minIsr()));
    if (!few.isEmpty()) {
      findings.fail(
          "too few of " + some(few),
          "%d: the loss of a disk loses records otherwise".formatted(expected.replicas()),
          "Reassign the partitions of each: ",
          "kafka-reassign-partitions --bootstrap-server %s --execute --reassignment-json-file FILE"
              .formatted(expected.bootstrapServers()));
    }
    if (!unsafe.isEmpty()) {
      findings.fail(
          minIsrOf.formatted(some(unsafe)),
          "%d: an acknowledged record can be lost otherwise".formatted(expected.minIsr()),
          "Set it for each: ",
          setting);
    }
    if (!blocking.isEmpty()) {
      findings.fail(
          minIsrOf.formatted(some(blocking)),
          "at most the replicas: no write succeeds otherwise",
          "Set it for each: ",
          setting);
    }
    if (!tight.isEmpty()) {
      findings.warn(
          minIsrOf.formatted(some(tight)),
          "fewer than replicas: no write succeeds while a broker restarts",
          "Add replicas, or set it for each: ",
          setting);
    }
  }

  /** The first names, and how many follow. */
  private static String some(List<String> names) {
    int more = names.size() - SHOWN;
    return String.join(", ", names.subList(0, Math.min(SHOWN, names.size())))
        + (more > 0 ? " and %d more topics".formatted(more) : "");
  }

  private static List<Finding> inSync(Facts facts) {
    return facts
        .topics()
        .check(
            "in sync",
            topics -> {
              Findings findings = new Findings("in sync");
              sorted(topics).forEach((name, topic) -> inSync(name, topic, findings));
              return findings.orOk("all replicas of %d topics".formatted(topics.size()));
            });
  }

  private static void inSync(String name, Topic topic, Findings findings) {
    String mend = "Look at the brokers: which one is down, or has a full or slow disk?";
    if (topic.offline() > 0) {
      findings.fail(
          "%s: %d partitions have no leader".formatted(name, topic.offline()),
          "a leader for each partition",
          mend);
    } else if (topic.underMinIsr() > 0) {
      findings.fail(
          "%s: %d partitions have too few replicas in sync".formatted(name, topic.underMinIsr()),
          "min.insync.replicas: no write succeeds otherwise",
          mend);
    } else if (topic.underReplicated() > 0) {
      findings.warn(
          "%s: %d partitions have a replica that is behind"
              .formatted(name, topic.underReplicated()),
          "all replicas in sync",
          mend);
    }
  }

  private static List<Finding> internal(Facts facts) {
    return facts
        .topics()
        .check(
            "internal topics",
            topics -> {
              Findings findings = new Findings("internal topics");
              Map<String, Topic> found = sorted(topics);
              found.keySet().retainAll(KAFKAS_OWN);
              replication(facts.expected(), found, findings);
              return findings.orOk(
                  found.isEmpty()
                      ? "none yet"
                      : "replicas of " + String.join(", ", found.keySet()));
            });
  }

  private static Map<String, Topic> sorted(Map<String, Topic> topics) {
    return new TreeMap<>(topics);
  }
}
