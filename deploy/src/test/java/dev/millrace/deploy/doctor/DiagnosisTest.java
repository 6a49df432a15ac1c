package dev.millrace.deploy.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.doctor.Facts.ClockReading;
import dev.millrace.deploy.doctor.Facts.Job;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.testing.ExamplePipeline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each way to break an installation is found by its check, and by no other one. */
class DiagnosisTest {
  private final Pipeline pipeline;

  DiagnosisTest(@TempDir Path directory) {
    pipeline = PipelineFile.load(ExamplePipeline.FLIGHTS.writeTo(directory));
  }

  @Test
  void aHealthyInstallationIsOk() {
    List<Finding> findings = Diagnosis.of(new HealthyFacts(pipeline).facts());
    assertThat(findings).allMatch(finding -> finding.status() == Status.OK);
    assertThat(findings).extracting(Finding::check).doesNotHaveDuplicates().hasSize(25);
    assertThat(Diagnosis.hasFailed(findings)).isFalse();
  }

  @ParameterizedTest
  @MethodSource("dev.millrace.deploy.doctor.Faults#all")
  void eachFaultIsFoundByItsCheckOnly(Faults.Fault fault) {
    HealthyFacts facts = new HealthyFacts(pipeline);
    fault.breaking().accept(facts, pipeline);
    List<Finding> problems =
        Diagnosis.of(facts.facts()).stream()
            .filter(finding -> finding.status() != Status.OK)
            .toList();
    assertThat(problems).hasSize(1);
    Finding finding = problems.get(0);
    assertThat(finding.check()).isEqualTo(fault.check());
    assertThat(finding.status()).isEqualTo(fault.status());
    assertThat(finding.found()).contains(fault.found());
    assertThat(finding.expected()).isNotBlank();
    assertThat(finding.mend() + String.join(" ", finding.commands())).contains(fault.mend());
    assertThat(Diagnosis.hasFailed(problems)).isEqualTo(fault.status() == Status.FAIL);
  }

  @Test
  void eachCheckHasAFault() {
    Set<String> checks = new HashSet<>();
    Diagnosis.of(new HealthyFacts(pipeline).facts()).forEach(each -> checks.add(each.check()));
    checks.remove("registry"); // See the next test.
    assertThat(Faults.all().map(Faults.Fault::check)).containsAll(checks);
  }

  @Test
  void whatIsNotKnownIsSkippedAndOnlyTheUnreachableFails() {
    Facts nothing =
        new Facts(
            new HealthyFacts(pipeline).expected(),
            Fact.unknown("no Kafka"),
            Fact.unknown("no Kafka"),
            Fact.unknown("no registry"),
            Fact.unknown("no Kafka"),
            Fact.unknown("no clock"),
            Fact.unknown("no disk"),
            Fact.unknown("no service"),
            Fact.unknown("no Flink"),
            Fact.unknown("no Kafka"),
            Fact.unknown("no model"));
    List<Finding> findings = Diagnosis.of(nothing);
    assertThat(findings.stream().filter(each -> each.status() == Status.FAIL))
        .extracting(Finding::check)
        .containsExactly("kafka", "registry");
    assertThat(findings.stream().filter(each -> each.status() == Status.SKIP))
        .hasSize(findings.size() - 2)
        .allSatisfy(each -> assertThat(each.found()).startsWith("no "));
  }

  /** The age counts from the start of the job: one that has just started has no checkpoint yet. */
  @Test
  void aJobThatHasJustStartedNeedsNoCheckpoint() {
    HealthyFacts facts = new HealthyFacts(pipeline);
    facts.jobs.put(
        ProcessNames.driftJob(pipeline.name()),
        new Job("RUNNING", Duration.ofSeconds(20), Duration.ofSeconds(2), null));
    assertThat(Diagnosis.of(facts.facts())).allMatch(each -> each.status() == Status.OK);
  }

  /** A Date header has whole seconds; a clock is wrong only if it is so for certain. */
  @Test
  void anUncertainClockIsNotWrong() {
    HealthyFacts facts = new HealthyFacts(pipeline);
    facts.clock = new ClockReading("ingest", Duration.ofSeconds(4), Duration.ofSeconds(3));
    assertThat(Diagnosis.of(facts.facts())).allMatch(each -> each.status() == Status.OK);
  }

  @Test
  void theReportFitsTheTerminalExceptForCommands() {
    List<Finding> findings =
        Faults.all()
            .flatMap(
                fault -> {
                  HealthyFacts facts = new HealthyFacts(pipeline);
                  fault.breaking().accept(facts, pipeline);
                  return Diagnosis.of(facts.facts()).stream();
                })
            .toList();
    Set<String> commands = new HashSet<>();
    findings.forEach(finding -> commands.addAll(finding.commands()));
    List<String> lines = Report.text(findings, 80);
    assertThat(lines)
        .allMatch(line -> line.length() <= 80 || commands.contains(line.strip()))
        .noneMatch(line -> line.endsWith(" "));
    assertThat(Report.json("flights", findings))
        .contains("\"check\" : \"clocks\"", "\"failed\" : true");
  }
}
