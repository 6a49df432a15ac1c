package dev.millrace.features;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

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

  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("dev.millrace.features.(**)").should().beFreeOfCycles();
}
