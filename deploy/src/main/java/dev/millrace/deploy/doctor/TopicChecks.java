package dev.millrace.deploy.doctor;

import dev.millrace.deploy.doctor.Facts.Expected;
import dev.millrace.deploy.doctor.Facts.Topic;
import dev.millrace.deploy.provision.Difference;
import dev.millrace.deploy.provision.Replication;
import dev.millrace.deploy.provision.TopicComparison;
import dev.millrace.schemas.deadletter.RecordSize;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.topics.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/** Checks of the topics of the pipeline: partitions, settings, permissions. */
final class TopicChecks {
  private static final String MAX_MESSAGE = "max.message.bytes";

  static final List<Check> ALL =
      List.of(
          TopicChecks::exist,
          TopicChecks::partitions,
          TopicChecks::settings,
          TopicChecks::recordSize,
          TopicChecks::permissions);

  private TopicChecks() {}

  private static List<Finding> exist(Facts facts) {
    return facts
        .topics()
        .check(
            "topics",
            topics -> {
              Findings findings = new Findings("topics");
              List<Topics.Topic> wanted = Topics.of(facts.expected().pipeline());
              List<String> missing =
                  wanted.stream()
                      .map(Topics.Topic::name)
                      .filter(name -> !topics.containsKey(name))
                      .toList();
              if (!missing.isEmpty()) {
                findings.fail(
                    "%d of %d are missing: %s"
                        .formatted(missing.size(), wanted.size(), String.join(", ", missing)),
                    "all topics of the pipeline",
                    "Create them: ",
                    provision(facts.expected(), ""));
              }
              return findings.orOk("all %d exist".formatted(wanted.size()));
            });
  }

  /** The command that provisions this pipeline, with further options. */
  static String provision(Expected expected, String options) {
    Short factor = expected.replication().factor();
    Integer minIsr = expected.replication().minIsr();
    return "millrace provision %s --bootstrap-servers %s --registry %s%s%s%s"
        .formatted(
            expected.file(),
            expected.bootstrapServers(),
            expected.registryUrl(),
            factor == null ? "" : " --replication " + factor,
            minIsr == null ? "" : " --min-isr " + minIsr,
            options);
  }

  private static List<Finding> partitions(Facts facts) {
    Findings findings = new Findings("partitions");
    int count = facts.expected().pipeline().partitions();
    String changelogs =
        ProcessNames.application(ProcessNames.INFERENCE, facts.expected().pipeline()) + "-";
    return facts
        .topics()
        .check(
            "partitions",
            topics -> {
              for (Difference each : differences(facts, topics, Difference.PARTITIONS::equals)) {
                findings.fail(
                    "%s has %s".formatted(each.topic(), each.found()),
                    "%s: topics joined with each other have equal partitions"
                        .formatted(each.wanted()),
                    capitalized(each.remedy(facts.expected().bootstrapServers())) + ".");
              }
              topics.forEach(
                  (name, topic) -> {
                    if (name.startsWith(changelogs) && topic.state().partitions() != count) {
                      findings.fail(
                          "%s has %d".formatted(name, topic.state().partitions()),
                          "%d, as the pipeline has".formatted(count),
                          "Stop inference, delete this topic, which inference fills again, and start it.");
                    }
                  });
              return findings.orOk("%d for each topic of events".formatted(count));
            });
  }

  private static List<Finding> settings(Facts facts) {
    return facts
        .topics()
        .check(
            "settings",
            topics -> {
              Findings findings = new Findings("settings");
              Predicate<String> own =
                  setting ->
                      !setting.equals(Difference.PARTITIONS)
                          && !setting.equals(Difference.REPLICATION)
                          && !setting.equals(Replication.MIN_ISR);
              for (Difference each : differences(facts, topics, own)) {
                setting(facts.expected(), each, findings);
              }
              return findings.orOk("those that Millrace creates topics with");
            });
  }

  private static void setting(Expected expected, Difference each, Findings findings) {
    String found = "%s: %s is %s".formatted(each.topic(), each.setting(), each.found());
    String command = each.remedy(expected.bootstrapServers());
    switch (each.kind()) {
      case SAFE -> findings.fail(found, each.wanted(), "No record is lost by: ", command);
      case CHOSEN ->
          findings.warn(
              found,
              "%s; somebody has set another value".formatted(each.wanted()),
              "If that is not meant: ",
              command);
      case LOSSY, MANUAL ->
          findings.fail(
              found,
              each.wanted(),
              "The change can delete records. After a look at what the topic holds: ",
              command);
    }
  }

  /** Producers' topics may have any size; a larger record becomes a dead letter that is cut. */
  private static List<Finding> recordSize(Facts facts) {
    return facts
        .topics()
        .check(
            "record size",
            topics -> {
              Findings findings = new Findings("record size");
              for (Topics.Topic wanted : Topics.of(facts.expected().pipeline())) {
                Topic topic = topics.get(wanted.name());
                String value = topic == null ? null : topic.state().value(MAX_MESSAGE);
                if (value != null && Long.parseLong(value) < RecordSize.MAX_BYTES) {
                  findings.fail(
                      "%s: %s is %s".formatted(wanted.name(), MAX_MESSAGE, value),
                      "%d or more: a record that the broker refuses stops the stream"
                          .formatted(RecordSize.MAX_BYTES),
                      "Set Kafka's default: ",
                      Difference.configCommand(
                          facts.expected().bootstrapServers(),
                          "topics",
                          wanted.name(),
                          MAX_MESSAGE,
                          "1048588"));
                }
              }
              return findings.orOk(
                  "%s allows records of %,d bytes".formatted(MAX_MESSAGE, RecordSize.MAX_BYTES));
            });
  }

  private static List<Finding> permissions(Facts facts) {
    return facts
        .topics()
        .check(
            "permissions",
            topics -> {
              Findings findings = new Findings("permissions");
              List<String> denied = new ArrayList<>();
              int known = 0;
              for (Topics.Topic wanted : Topics.of(facts.expected().pipeline())) {
                Topic topic = topics.get(wanted.name());
                if (topic != null && topic.operations() != null) {
                  known++;
                  if (!Objects.requireNonNull(topic.operations()).contains("READ")) {
                    denied.add(wanted.name());
                  }
                }
              }
              if (!denied.isEmpty()) {
                findings.warn(
                    "this principal may not read %s".formatted(String.join(", ", denied)),
                    "READ, for commands such as export, dlq and drift show",
                    "Allow it, or use another --kafka-properties: ",
                    "kafka-acls --bootstrap-server %s --add --allow-principal User:NAME --operation Read --topic millrace.%s. --resource-pattern-type prefixed"
                        .formatted(
                            facts.expected().bootstrapServers(),
                            facts.expected().pipeline().name()));
              }
              return findings.orOk("this principal may read all %d topics".formatted(known));
            });
  }

  private static List<Difference> differences(
      Facts facts, Map<String, Topic> topics, Predicate<String> settings) {
    Expected expected = facts.expected();
    TopicComparison comparison = new TopicComparison(expected.pipeline(), expected.replication());
    List<Difference> all = new ArrayList<>();
    for (Topics.Topic wanted : Topics.of(expected.pipeline())) {
      Topic topic = topics.get(wanted.name());
      if (topic != null) {
        comparison.differences(wanted, topic.state()).stream()
            .filter(each -> settings.test(each.setting()))
            .forEach(all::add);
      }
    }
    return all;
  }

  private static String capitalized(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }
}
