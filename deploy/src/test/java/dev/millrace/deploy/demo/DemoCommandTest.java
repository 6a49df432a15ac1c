package dev.millrace.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class DemoCommandTest {
  @Test
  void aRunTooShortToDetectADriftIsRejected() {
    assertThat(error("--for", "30s", "--rate", "100"))
        .contains("--for 30s at --rate 100 sends 3,000 payments")
        .contains("send 12,000 or more");
  }

  @Test
  void daysOfMoreCustomersHaveMorePayments() {
    assertThat(error("--for", "11s", "--rate", "3000")).contains("send 36,000 or more");
  }

  private static String error(String... arguments) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      assertThat(new CommandLine(new DemoCommand()).execute(arguments))
          .isEqualTo(CommandLine.ExitCode.USAGE);
    } finally {
      System.setErr(before);
    }
    return err.toString(StandardCharsets.UTF_8);
  }
}
