package dev.millrace.drift;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

@AnalyzeClasses(
    packages = "dev.millrace.drift",
    importOptions = ImportOption.DoNotIncludeTests.class)
class HouseTest {
  /** The statistics know neither Flink nor files, so that anything can run them. */
  @ArchTest
  static final ArchRule PURE =
      classes()
          .that()
          .resideInAnyPackage("dev.millrace.drift.profile..", "dev.millrace.drift.detect..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  "java..",
                  "org.jspecify..",
                  "dev.millrace.drift.profile..",
                  "dev.millrace.drift.detect.."));

  /** Profiles are counted without knowing how they will be tested. */
  @ArchTest
  static final ArchRule ONE_WAY =
      noClasses()
          .that()
          .resideInAPackage("dev.millrace.drift.profile..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.millrace.drift.detect..");

  /** No module imports another, but schemas. */
  @ArchTest
  static final ArchRule ALONE =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.millrace..")
                  .and(
                      DescribedPredicate.not(
                          resideInAnyPackage("dev.millrace.drift..", "dev.millrace.schemas.."))));

  /** Every package is a slice of its own, the module's root package too. */
  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("dev.millrace.(**)").should().beFreeOfCycles();

  /** The rule can fail: also on a cycle through a root package. */
  @Test
  void aCycleOfPackagesIsFound() {
    var cycle = new ClassFileImporter().importPackages("dev.millrace.drift.cycle");
    assertThat(packagesFormNoCycle.evaluate(cycle).getFailureReport().getDetails()).isNotEmpty();
  }
}
