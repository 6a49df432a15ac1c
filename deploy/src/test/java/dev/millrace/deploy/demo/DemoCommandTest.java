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
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    int exitCode;
    try {
      exitCode = new CommandLine(new DemoCommand()).execute("--for", "30s", "--rate", "100");
    } finally {
      System.setErr(before);
    }
    assertThat(exitCode).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("--for 30s at --rate 100 sends 3,000 payments")
        .contains("send 12,000 or more");
  }

  @Test
  void theHelpNamesTheRateAboveWhichFalseAlarmsArePossible() {
    String help = new CommandLine(new DemoCommand()).getUsageMessage().replaceAll("\\s+", " ");
    assertThat(help).contains("Above 1000 the values of a merchant's features depend on the rate");
  }
}
