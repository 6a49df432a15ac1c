package dev.millrace.deploy.doctor;

import dev.millrace.deploy.doctor.Facts.Group;
import dev.millrace.deploy.doctor.Facts.Job;
import dev.millrace.deploy.doctor.Facts.Service;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Checks of the processes of the pipeline. */
final class ProcessChecks {
  /** Flink's states of a job that is about to run. */
  private static final Set<String> STARTING =
      Set.of("INITIALIZING", "CREATED", "RESTARTING", "RECONCILING");

  /** Kafka's states of a group that is about to read. */
  private static final Set<String> REBALANCING =
      Set.of("PreparingRebalance", "CompletingRebalance", "Assigning", "Reconciling");

  /** Checkpoints may fail a few times in a row; after that a restart reads much again. */
  private static final int LATE_CHECKPOINTS = 10;

  private static final Duration SHORTEST_LATE = Duration.ofMinutes(1);

  static final List<Check> ALL =
      List.of(
          ProcessChecks::services,
          ProcessChecks::versions,
          ProcessChecks::definition,
          ProcessChecks::groups,
          ProcessChecks::jobs);

  private ProcessChecks() {}

  private static List<Finding> services(Facts facts) {
    return facts
        .services()
        .check(
            "services",
            services -> {
              Findings findings = new Findings("services");
              new TreeMap<>(services)
                  .forEach(
                      (name, service) -> {
                        if (!service.problem().isEmpty()) {
                          findings.fail(
                              "%s: %s".formatted(name, service.problem()),
                              "ready: 200 from %s/health/ready".formatted(service.url()),
                              "Look at the log of %s.".formatted(name));
                        }
                      });
              return findings.orOk("ready: " + String.join(", ", new TreeMap<>(services).keySet()));
            });
  }

  private static List<Finding> versions(Facts facts) {
    String own = facts.expected().version();
    return facts
        .services()
        .check(
            "versions",
            services -> {
              Findings findings = new Findings("versions");
              List<String> silent = new ArrayList<>();
              for (Map.Entry<String, Service> each : new TreeMap<>(services).entrySet()) {
                String version = each.getValue().version();
                if (version.isEmpty()) {
                  silent.add(each.getKey());
                } else if (!own.isEmpty() && !version.equals(own)) {
                  findings.warn(
                      "%s is %s".formatted(each.getKey(), version),
                      own + ", the version of this command",
                      "Use one version for all processes.");
                }
              }
              if (own.isEmpty() || silent.size() == services.size()) {
                String reason =
                    own.isEmpty() ? "this command has no version" : "no service tells its version";
                findings.add(Status.SKIP, reason, "", "");
              }
              return findings.orOk("all services are " + own);
            });
  }

  private static List<Finding> definition(Facts facts) {
    String file = facts.expected().file();
    return facts
        .definition()
        .check(
            "definition",
            serving -> {
              Findings findings = new Findings("definition");
              String wanted = Generation.of(facts.expected().pipeline());
              String plan =
                  "millrace plan %s --bootstrap-servers %s --registry %s"
                      .formatted(
                          file,
                          facts.expected().bootstrapServers(),
                          facts.expected().registryUrl());
              if (serving.generation().isEmpty()) {
                findings.warn(
                    "no definition is marked as serving",
                    "generation %s of %s".formatted(wanted, file),
                    "When inference runs with the file: ",
                    plan.replace("millrace plan", "millrace apply --mark-serving"));
              } else if (!serving.generation().equals(wanted)) {
                findings.warn(
                    "generation %s serves".formatted(serving.generation()),
                    "%s, the generation of %s".formatted(wanted, file),
                    "See what differs: ",
                    plan);
              } else if (!serving.differing().isEmpty()) {
                findings.warn(
                    "the file differs from what serves in: "
                        + String.join(", ", serving.differing()),
                    "the definition in service",
                    "See what differs: ",
                    plan);
              }
              return findings.orOk("%s serves, generation %s".formatted(file, wanted));
            });
  }

  private static List<Finding> groups(Facts facts) {
    return facts
        .groups()
        .check(
            "groups",
            groups -> {
              Findings findings = new Findings("groups");
              Groups.withMembers(facts.expected().pipeline())
                  .forEach(name -> members(name, groups.get(name), findings));
              long most = 0;
              for (String name : Groups.of(facts.expected().pipeline())) {
                Group group = groups.get(name);
                if (group != null) {
                  most = Math.max(most, group.lag());
                  if (group.lag() > facts.expected().maxLag()) {
                    findings.warn(
                        "%s is %,d records behind".formatted(name, group.lag()),
                        "at most %,d (--max-lag)".formatted(facts.expected().maxLag()),
                        "If this does not shrink: add an instance or partitions, or look why it is slow.");
                  }
                }
              }
              return findings.orOk("the slowest is %,d records behind".formatted(most));
            });
  }

  private static void members(String name, @Nullable Group group, Findings findings) {
    if (group == null || group.members() == 0) {
      findings.fail(
          "%s has no member".formatted(name),
          "one or more",
          "Start the service: nothing reads its topics.");
    } else if (REBALANCING.contains(group.state())) {
      findings.warn(
          "%s is in the state %s".formatted(name, group.state()),
          "Stable",
          "Run doctor again: a rebalance that does not end points to a member that fails.");
    }
  }

  private static List<Finding> jobs(Facts facts) {
    Pipeline pipeline = facts.expected().pipeline();
    List<String> wanted = new ArrayList<>();
    if (!pipeline.lookups().isEmpty()) {
      wanted.add(ProcessNames.featuresJob(pipeline));
    }
    if (Groups.hasDriftJob(pipeline)) {
      wanted.add(ProcessNames.driftJob(pipeline.name()));
    }
    return facts
        .jobs()
        .check(
            "flink jobs",
            jobs -> {
              Findings findings = new Findings("flink jobs");
              wanted.forEach(name -> job(name, jobs.get(name), findings));
              return findings.orOk(
                  wanted.isEmpty()
                      ? "the pipeline needs none"
                      : "%d run, with recent checkpoints".formatted(wanted.size()));
            });
  }

  private static void job(String name, @Nullable Job job, Findings findings) {
    if (job == null) {
      findings.fail(name + " is not there", "RUNNING", "Submit the job.");
      return;
    }
    if (!job.state().equals("RUNNING")) {
      findings.add(
          STARTING.contains(job.state()) ? Status.WARN : Status.FAIL,
          "%s is %s".formatted(name, job.state()),
          "RUNNING",
          "Look at the exceptions of the job in Flink's web page or log.");
      return;
    }
    Duration late = job.checkpointInterval().multipliedBy(LATE_CHECKPOINTS);
    Duration limit = late.compareTo(SHORTEST_LATE) > 0 ? late : SHORTEST_LATE;
    Duration age = job.checkpointAge() == null ? job.age() : job.checkpointAge();
    if (age.compareTo(limit) > 0) {
      findings.fail(
          "%s: %s"
              .formatted(
                  name,
                  job.checkpointAge() == null
                      ? "no checkpoint in %,d s".formatted(age.toSeconds())
                      : "the newest checkpoint is %,d s old".formatted(age.toSeconds())),
          "one each %,d s; the topics must keep all records since the newest"
              .formatted(Math.max(1, job.checkpointInterval().toSeconds())),
          "Look at the failed checkpoints of the job in Flink's web page or log.");
    }
  }
}
