package dev.millrace.deploy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** The arrows of this module: it starts the services as processes and never calls them. */
@AnalyzeClasses(packages = "dev.millrace", importOptions = DoNotIncludeTests.class)
class HouseTest {
  @ArchTest
  static final ArchRule knowsNoService =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.millrace.ingest..",
              "dev.millrace.features..",
              "dev.millrace.inference..",
              "dev.millrace.drift..");

  @ArchTest
  static final ArchRule flinkRunsInAChildOnly =
      noClasses()
          .that()
          .resideInAPackage("dev.millrace.deploy..")
          .and()
          .resideOutsideOfPackage("dev.millrace.deploy.child..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.flink..");

  /** Every package is a slice of its own, the module's root package too. */
  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("dev.millrace.(**)").should().beFreeOfCycles();

  /** The rule can fail: also on a cycle through a root package. */
  @Test
  void aCycleOfPackagesIsFound() {
    var cycle = new ClassFileImporter().importPackages("dev.millrace.deploy.cycle");
    assertThat(packagesFormNoCycle.evaluate(cycle).getFailureReport().getDetails()).isNotEmpty();
  }
}
