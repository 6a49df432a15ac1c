package dev.millrace.deploy.doctor;

import static dev.millrace.deploy.doctor.Faults.fault;

import dev.millrace.deploy.doctor.Facts.Artifact;
import dev.millrace.deploy.doctor.Facts.ClockReading;
import dev.millrace.deploy.doctor.Facts.Definition;
import dev.millrace.deploy.doctor.Facts.Disk;
import dev.millrace.deploy.doctor.Facts.Group;
import dev.millrace.deploy.doctor.Facts.Job;
import dev.millrace.deploy.doctor.Facts.Service;
import dev.millrace.deploy.doctor.Faults.Fault;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** Ways to break processes and machines. */
final class ProcessFaults {
  private ProcessFaults() {}

  static Stream<Fault> ofProcesses() {
    return Stream.of(
        fault(
            "services",
            Status.FAIL,
            "ingest: restoring",
            "log of ingest",
            (is, of) -> is.services.put("ingest", new Service("http://i", "restoring", "1.0"))),
        fault(
            "versions",
            Status.WARN,
            "ingest is 0.9",
            "one version",
            (is, of) -> is.services.put("ingest", new Service("http://i", "", "0.9"))),
        fault(
            "definition",
            Status.WARN,
            "drift, labels",
            "millrace plan",
            (is, of) ->
                is.definition =
                    new Definition(is.definition.generation(), List.of("drift", "labels"))),
        fault(
            "definition",
            Status.WARN,
            "generation 01234567 serves",
            "millrace plan",
            (is, of) -> is.definition = new Definition("01234567", List.of())),
        fault(
            "definition",
            Status.WARN,
            "no definition",
            "--mark-serving",
            (is, of) -> is.definition = new Definition("", List.of())),
        fault(
            "groups",
            Status.FAIL,
            "ingest has no member",
            "Start",
            (is, of) -> is.groups.put(ingest(of), new Group("Empty", 0, 3))),
        fault(
            "groups",
            Status.FAIL,
            "ingest has no member",
            "Start",
            (is, of) -> is.groups.remove(ingest(of))),
        fault(
            "groups",
            Status.WARN,
            "PreparingRebalance",
            "again",
            (is, of) -> is.groups.put(ingest(of), new Group("PreparingRebalance", 2, 3))),
        fault(
            "groups",
            Status.WARN,
            "10,001 records behind",
            "add an instance",
            (is, of) -> is.groups.put(ingest(of), new Group("Stable", 2, 10_001))),
        fault(
            "flink jobs",
            Status.FAIL,
            "drift is not there",
            "Submit",
            (is, of) -> is.jobs.remove(ProcessNames.driftJob(of.name()))),
        fault("flink jobs", Status.FAIL, "is FAILED", "exceptions", job("FAILED", 1)),
        fault("flink jobs", Status.WARN, "is RESTARTING", "exceptions", job("RESTARTING", 1)),
        fault("flink jobs", Status.FAIL, "is 101 s old", "checkpoints", job("RUNNING", 101)),
        fault(
            "flink jobs",
            Status.FAIL,
            "no checkpoint in 3,600 s",
            "checkpoints",
            (is, of) ->
                is.jobs.put(
                    ProcessNames.driftJob(of.name()),
                    new Job("RUNNING", Duration.ofHours(1), Duration.ofSeconds(2), null))));
  }

  private static String ingest(Pipeline pipeline) {
    return ProcessNames.application(ProcessNames.INGEST, pipeline);
  }

  private static BiConsumer<HealthyFacts, Pipeline> job(String state, int checkpointSeconds) {
    return (is, of) ->
        is.jobs.put(ProcessNames.driftJob(of.name()), HealthyFacts.job(state, checkpointSeconds));
  }

  static Stream<Fault> ofMachines() {
    return Stream.of(
        fault("clocks", Status.WARN, "3.0 s ahead of", "chronyc", clock(3_000)),
        fault("clocks", Status.FAIL, "31.0 s behind", "chronyc", clock(-31_000)),
        fault("disks", Status.WARN, "10% of 1000 GB", "Enlarge", disk(100, "")),
        fault("disks", Status.FAIL, "4% of 1000 GB", "Enlarge", disk(40, "")),
        fault("disks", Status.FAIL, "offline", "Mend", disk(600, "offline")),
        fault(
            "model",
            Status.FAIL,
            "cannot be read",
            "model.path",
            (is, of) -> is.model = new Artifact("", "cannot be read", "")),
        fault(
            "model",
            Status.WARN,
            "profile.json is missing",
            "millrace profile",
            (is, of) -> is.model = new Artifact("0123", "", "profile.json is missing")));
  }

  private static BiConsumer<HealthyFacts, Pipeline> clock(int millis) {
    return (is, of) ->
        is.clock = new ClockReading("broker 1", Duration.ofMillis(millis), Duration.ofMillis(100));
  }

  private static BiConsumer<HealthyFacts, Pipeline> disk(long gigabytes, String error) {
    return (is, of) ->
        is.disk = new Disk("broker 1", 1_000_000_000_000L, gigabytes * 1_000_000_000L, error);
  }
}
