package dev.millrace.deploy.doctor;

import dev.millrace.deploy.provision.SubjectState;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Checks of the schema registry. */
final class RegistryChecks {
  static final List<Check> ALL =
      List.of(RegistryChecks::reachable, RegistryChecks::schemas, RegistryChecks::compatibility);

  private RegistryChecks() {}

  private static List<Finding> reachable(Facts facts) {
    Findings findings = new Findings("registry");
    if (facts.subjects() instanceof Fact.Unknown<Map<String, SubjectState>> unknown) {
      findings.fail(
          unknown.reason(),
          "an answer of " + facts.expected().registryUrl(),
          "Start the registry, or correct --registry. Until then records with new schemas wait.");
    }
    return findings.orOk("answers at " + facts.expected().registryUrl());
  }

  private static List<Finding> schemas(Facts facts) {
    return facts
        .subjects()
        .check(
            "schemas",
            subjects -> {
              Findings findings = new Findings("schemas");
              List<String> missing =
                  new TreeMap<>(subjects)
                      .entrySet().stream()
                          .filter(subject -> !subject.getValue().exists())
                          .map(Map.Entry::getKey)
                          .toList();
              if (!missing.isEmpty()) {
                findings.fail(
                    "missing: " + String.join(", ", missing),
                    "a subject for each topic",
                    "Register them: ",
                    TopicChecks.provision(facts.expected(), ""));
              }
              new TreeMap<>(subjects)
                  .forEach((name, state) -> schema(facts, name, state, findings));
              return findings.orOk("all %d are registered".formatted(subjects.size()));
            });
  }

  private static void schema(Facts facts, String name, SubjectState state, Findings findings) {
    if (!state.incompatibilities().isEmpty()) {
      findings.fail(
          "%s: the file's schema is not accepted: %s"
              .formatted(
                  name,
                  String.join("; ", state.incompatibilities()).strip().replaceAll("\\s+", " ")),
          "a schema that reads what the registered one has written",
          "Give new fields a default, and fields whose type changes another name.");
    } else if (state.exists() && !state.registered()) {
      findings.warn(
          name + ": the file's schema is compatible, but not registered",
          "the schema of the file",
          "Register it: ",
          TopicChecks.provision(facts.expected(), ""));
    }
  }

  private static List<Finding> compatibility(Facts facts) {
    return facts
        .subjects()
        .check(
            "compatibility",
            subjects -> {
              Findings findings = new Findings("compatibility");
              new TreeMap<>(subjects)
                  .forEach(
                      (name, state) -> {
                        if (state.exists() && !state.isBackward()) {
                          String level = state.compatibility();
                          findings.fail(
                              "%s: %s".formatted(name, level == null ? "none of its own" : level),
                              "BACKWARD: a version that cannot be read stops the stream otherwise",
                              "Set it: ",
                              "curl -X PUT -H 'Content-Type: application/json' -d '{\"compatibility\": \"BACKWARD\"}' %s/config/%s"
                                  .formatted(facts.expected().registryUrl(), name));
                        }
                      });
              return findings.orOk("BACKWARD or stricter for all subjects");
            });
  }
}
