package dev.millrace.deploy.doctor;

import java.util.List;
import java.util.stream.Stream;

/** All checks, in the order in which their findings are read. */
public final class Diagnosis {
  private static final List<Check> CHECKS =
      Stream.of(
              KafkaChecks.ALL,
              TopicChecks.ALL,
              ReplicaChecks.ALL,
              RegistryChecks.ALL,
              ProcessChecks.ALL,
              MachineChecks.ALL)
          .flatMap(List::stream)
          .toList();

  private Diagnosis() {}

  /** The findings of all checks. */
  public static List<Finding> of(Facts facts) {
    return CHECKS.stream().flatMap(check -> check.run(facts).stream()).toList();
  }

  /** Whether a check has failed. */
  public static boolean hasFailed(List<Finding> findings) {
    return findings.stream().anyMatch(finding -> finding.status() == Status.FAIL);
  }
}
