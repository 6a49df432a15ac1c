package dev.millrace.deploy.e2e.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SkippedTestsTest {
  private static final Instant BUILD = Instant.parse("2026-01-05T00:00:00Z");

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path target;

  @Test
  void eachSkippedTestIsPrintedWithItsReason() throws IOException {
    report(
        "failsafe-reports/TEST-a.BareIT.xml",
        BUILD.plusSeconds(1),
        """
        <testcase name="runs" classname="a.BareIT"><skipped message="no Docker"/></testcase>
        """);
    report(
        "surefire-reports/TEST-a.LoopTest.xml",
        BUILD.plusSeconds(1),
        """
        <testcase name="one" classname="a.LoopTest"/>
        <testcase name="two" classname="a.LoopTest"><skipped
          type="org.opentest4j.TestAbortedException"><![CDATA[org.opentest4j.TestAbortedException: Assumption failed: no python3
            at a.LoopTest.two(LoopTest.java:3)
        ]]></skipped></testcase>
        """);
    assertThat(SkippedTests.lines(List.of(target), BUILD))
        .containsExactly(
            "Skipped 2 of 3 tests:", "  LoopTest.two: no python3", "  BareIT.runs: no Docker");
  }

  @Test
  void reportsOfEarlierBuildsAreIgnored() throws IOException {
    report(
        "surefire-reports/TEST-a.OldTest.xml",
        BUILD.minusSeconds(1),
        "<testcase name=\"x\" classname=\"a.OldTest\"><skipped message=\"y\"/></testcase>");
    assertThat(SkippedTests.lines(List.of(target), BUILD)).containsExactly("Skipped 0 of 0 tests");
  }

  private void report(String name, Instant modified, String cases) throws IOException {
    Path file = target.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "<testsuite name=\"a\">" + cases + "</testsuite>");
    Files.setLastModifiedTime(file, FileTime.from(modified));
  }
}
