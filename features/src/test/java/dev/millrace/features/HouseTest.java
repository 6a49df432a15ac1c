package dev.millrace.features;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** The arrows of this module. */
@AnalyzeClasses(packages = "dev.millrace", importOptions = DoNotIncludeTests.class)
class HouseTest {
  @ArchTest
  static final ArchRule knowsNoModuleButSchemas =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.millrace.ingest..",
              "dev.millrace.inference..",
              "dev.millrace.drift..",
              "dev.millrace.deploy..");

  @ArchTest
  static final ArchRule aggregatesArePure =
      classes()
          .that()
          .resideInAPackage("dev.millrace.features.aggregate..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("dev.millrace.features.aggregate..", "java..", "org.jspecify..");

  /** Every package is a slice of its own, the module's root package too. */
  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("dev.millrace.(**)").should().beFreeOfCycles();

  /** The rule can fail: also on a cycle through a root package. */
  @Test
  void aCycleOfPackagesIsFound() {
    var cycle = new ClassFileImporter().importPackages("dev.millrace.features.cycle");
    assertThat(packagesFormNoCycle.evaluate(cycle).getFailureReport().getDetails()).isNotEmpty();
  }
}
