package dev.millrace.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class DriftBacktestCommandTest {
  private static final String PIPELINE = "examples/payments/pipeline.yaml";

  @Test
  void thePeriodIsNotEmpty() {
    assertThat(errors("--from=2001-01-02", "--to=2001-01-02"))
        .contains("--from 2001-01-02T00:00:00Z is not before --to 2001-01-02T00:00:00Z");
  }

  @Test
  void thePeriodOfTheReferenceHasBothEnds() {
    assertThat(errors("--reference-from=2001-01-02"))
        .contains("give both --reference-from and --reference-until, or neither");
  }

  @Test
  void thereIsOneReference() {
    assertThat(
            errors(
                "--reference-from=2001-01-02",
                "--reference-until=2001-01-16",
                "--profile=" + PIPELINE))
        .contains("give --profile or --reference-from and --reference-until, not both");
  }

  @Test
  void theProfileExists() {
    assertThat(errors("--profile=no.json")).contains("--profile no.json: no such file");
  }

  @Test
  void theVersionBelongsToAGivenReference() {
    assertThat(errors("--model-version=abc"))
        .contains("--model-version needs --profile or --reference-from and --reference-until");
  }

  @Test
  void budgetWindowAndEffectAreWrittenAsInThePipelineFile() {
    assertThat(errors("--budget=often"))
        .contains("'often' is not a budget of false alarms; write e.g. '1 per 30d'");
    assertThat(errors("--window=0s")).contains("'0s' is not longer than nothing");
    assertThat(errors("--min-effect=2")).contains("'2' is not a number from 0 to 1");
  }

  private static String errors(String... options) {
    var errors = new StringWriter();
    var line = new CommandLine(new DriftCommand()).setErr(new PrintWriter(errors));
    var arguments = new String[options.length + 2];
    arguments[0] = "backtest";
    arguments[1] = PIPELINE;
    System.arraycopy(options, 0, arguments, 2, options.length);
    assertThat(line.execute(arguments)).isEqualTo(CommandLine.ExitCode.USAGE);
    return errors.toString();
  }
}
