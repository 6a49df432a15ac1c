package dev.millrace.schemas;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

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

  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("dev.millrace.schemas.(*)..").should().beFreeOfCycles();
}
