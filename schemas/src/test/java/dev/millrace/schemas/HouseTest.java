package dev.millrace.schemas;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** The arrows of this module: what everyone shares knows nobody. */
@AnalyzeClasses(packages = "dev.millrace", importOptions = DoNotIncludeTests.class)
class HouseTest {
  @ArchTest
  static final ArchRule knowsNoOtherModule =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.millrace.ingest..",
              "dev.millrace.features..",
              "dev.millrace.inference..",
              "dev.millrace.drift..",
              "dev.millrace.deploy..");

  @ArchTest
  static final ArchRule registryClientStaysBehindOneClass =
      noClasses()
          .that()
          .doNotHaveSimpleName("HttpRegistry")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.flink..");

  /** The Flink modules have neither, nor may they: their RocksDB is another. */
  @ArchTest
  static final ArchRule kafkaStreamsStaysInItsPackage =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.millrace.schemas.streams..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.millrace.schemas.streams..", "org.apache.kafka.streams..", "org.rocksdb..");

  /** Every package is a slice of its own, the module's root package too. */
  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("dev.millrace.(**)").should().beFreeOfCycles();

  /** The rule can fail: also on a cycle through a root package. */
  @Test
  void aCycleOfPackagesIsFound() {
    var cycle = new ClassFileImporter().importPackages("dev.millrace.schemas.cycle");
    assertThat(packagesFormNoCycle.evaluate(cycle).getFailureReport().getDetails()).isNotEmpty();
  }
}
