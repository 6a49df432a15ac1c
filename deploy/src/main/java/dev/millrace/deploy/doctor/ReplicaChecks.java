package dev.millrace.deploy.doctor;

import dev.millrace.deploy.doctor.Facts.Expected;
import dev.millrace.deploy.doctor.Facts.Topic;
import dev.millrace.deploy.provision.Difference;
import dev.millrace.deploy.provision.Replication;
import dev.millrace.deploy.provision.TopicState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Checks of the replicas of the pipeline's topics, of changelogs and of Kafka's own topics. */
final class ReplicaChecks {
  /** Kafka's topics of offsets and transactions. */
  private static final List<String> KAFKAS_OWN =
      List.of("__consumer_offsets", "__transaction_state");

  static final List<Check> ALL =
      List.of(ReplicaChecks::replicas, ReplicaChecks::inSync, ReplicaChecks::internal);

  private ReplicaChecks() {}

  private static List<Finding> replicas(Facts facts) {
    return facts
        .topics()
        .check(
            "replicas",
            topics -> {
              Findings findings = new Findings("replicas");
              sorted(topics)
                  .forEach(
                      (name, topic) -> {
                        if (!KAFKAS_OWN.contains(name)) {
                          replication(facts.expected(), name, topic.state(), findings);
                        }
                      });
              return findings.orOk(
                  "%d or more, min.insync.replicas %d or more"
                      .formatted(facts.expected().replicas(), facts.expected().minIsr()));
            });
  }

  private static void replication(
      Expected expected, String name, TopicState state, Findings findings) {
    String value = state.value(Replication.MIN_ISR);
    int minIsr = value == null ? expected.minIsr() : Integer.parseInt(value);
    if (state.replication() < expected.replicas()) {
      findings.fail(
          "%s has %d, min.insync.replicas is %d".formatted(name, state.replication(), minIsr),
          "%d replicas: the loss of a disk loses records otherwise".formatted(expected.replicas()),
          "Reassign its partitions: ",
          new Difference(
                  name,
                  Difference.REPLICATION,
                  "",
                  String.valueOf(expected.replicas()),
                  Difference.Kind.MANUAL)
              .remedy(expected.bootstrapServers()));
      return;
    }
    if (minIsr < expected.minIsr() || minIsr > state.replication()) {
      findings.fail(
          "%s: min.insync.replicas is %d of %d replicas"
              .formatted(name, minIsr, state.replication()),
          minIsr < expected.minIsr()
              ? "%d: an acknowledged record can be lost otherwise".formatted(expected.minIsr())
              : "at most %d: no write succeeds otherwise".formatted(state.replication()),
          "Set it: ",
          Difference.configCommand(
              expected.bootstrapServers(),
              "topics",
              name,
              Replication.MIN_ISR,
              String.valueOf(Math.min(expected.minIsr(), state.replication()))));
    } else if (minIsr == state.replication() && minIsr > 1) {
      findings.warn(
          "%s: min.insync.replicas is %d of %d replicas".formatted(name, minIsr, minIsr),
          "fewer than replicas: no write succeeds while a broker restarts",
          "Raise the replicas or lower the setting.");
    }
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
              List<String> found = new ArrayList<>();
              for (String name : KAFKAS_OWN) {
                Topic topic = topics.get(name);
                if (topic != null) {
                  found.add(name);
                  replication(facts.expected(), name, topic.state(), findings);
                }
              }
              return findings.orOk(
                  found.isEmpty() ? "none yet" : "replicas of " + String.join(", ", found));
            });
  }

  private static Map<String, Topic> sorted(Map<String, Topic> topics) {
    return new TreeMap<>(topics);
  }
}
