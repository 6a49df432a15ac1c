package dev.millrace.inference;

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
@AnalyzeClasses(packages = "dev.millrace.inference", importOptions = DoNotIncludeTests.class)
class HouseTest {
  @ArchTest
  static final ArchRule knowsSchemasAndNoOtherModule =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.millrace.ingest..",
              "dev.millrace.features..",
              "dev.millrace.drift..",
              "dev.millrace.deploy..");

  @ArchTest
  static final ArchRule modelsAreScoredWithoutKafka =
      noClasses()
          .that()
          .resideInAPackage("dev.millrace.inference.onnx..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.kafka..", "org.apache.avro..");

  @ArchTest
  static final ArchRule onlyOnnxKnowsOnnxRuntime =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.millrace.inference.onnx..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.onnxruntime..");

  /** Every package is a slice of its own, the module's root package too. */
  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("dev.millrace.(**)").should().beFreeOfCycles();

  /** The rule can fail: also on a cycle through a root package. */
  @Test
  void aCycleOfPackagesIsFound() {
    var cycle = new ClassFileImporter().importPackages("dev.millrace.inference.cycle");
    assertThat(packagesFormNoCycle.evaluate(cycle).getFailureReport().getDetails()).isNotEmpty();
  }
}
