package dev.millrace.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class DatasetBuildCommandTest {
  private static final String PIPELINE = "examples/payments/pipeline.yaml";

  @Test
  void needsAPeriodOrAManifest() {
    assertThat(errors("--out=train", "--from=2001-01-01"))
        .contains("give the period with --from and --to, or a manifest with --manifest");
  }

  @Test
  void aManifestDeterminesTheRows() {
    assertThat(errors("--out=train", "--manifest=m.json", "--complete-only"))
        .contains("--manifest determines the rows; leave out --from, --to, --recompute");
  }

  @Test
  void thePeriodIsNotEmpty() {
    assertThat(errors("--out=train", "--from=2001-01-02", "--to=2001-01-02"))
        .contains("--from 2001-01-02T00:00:00Z is not before --to 2001-01-02T00:00:00Z");
  }

  @Test
  void theDirectoryIsRequired() {
    assertThat(errors("--from=2001-01-01", "--to=2001-01-02"))
        .contains("Missing required option: '--out=DIR'");
  }

  private static String errors(String... options) {
    var errors = new StringWriter();
    var line = new CommandLine(new DatasetCommand()).setErr(new PrintWriter(errors));
    var arguments = new String[options.length + 2];
    arguments[0] = "build";
    arguments[1] = PIPELINE;
    System.arraycopy(options, 0, arguments, 2, options.length);
    assertThat(line.execute(arguments)).isEqualTo(CommandLine.ExitCode.USAGE);
    return errors.toString();
  }
}
