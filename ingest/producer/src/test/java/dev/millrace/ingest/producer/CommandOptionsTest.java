package dev.millrace.ingest.producer;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.ingest.producer.replay.ReplayCommand;
import dev.millrace.ingest.producer.simulate.SimulateCommand;
import dev.millrace.schemas.service.Cluster;
import dev.millrace.schemas.service.ClusterOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The commands as subcommands of another command line, with its own connection options. */
class CommandOptionsTest {
  @Command(name = "parent")
  private static final class Parent {}

  private static final class OwnOptions implements ClusterOptions {
    @Option(names = "--platform", description = "A platform.")
    private String platform = "none";

    @Override
    public Cluster cluster() {
      throw new IllegalStateException("no platform runs in " + platform);
    }
  }

  private final CommandLine commands =
      new CommandLine(new Parent())
          .addSubcommand(new ReplayCommand(new OwnOptions()))
          .addSubcommand(new SimulateCommand(new OwnOptions()))
          .setExecutionExceptionHandler((failure, command, parsed) -> message(failure));

  private String failure = "";

  private int message(Exception e) {
    failure = String.valueOf(e.getMessage());
    return 42;
  }

  @ParameterizedTest
  @ValueSource(strings = {"replay", "simulate"})
  void theConnectionOptionsAreOptionsOfTheCommand(String command) {
    String help = requireNonNull(commands.getSubcommands().get(command)).getUsageMessage();

    assertThat(help).contains("--platform").doesNotContain("--bootstrap-servers");
  }

  @Test
  void aMissingClusterIsReportedByTheCommandLine(@TempDir Path directory) throws Exception {
    String pipeline = ShippedPayments.FILE.toString();
    Path rows = Files.writeString(directory.resolve("a.csv"), "payment_id\n");

    for (List<String> arguments :
        List.of(
            List.of("replay", pipeline, "payments=" + rows, "--platform=here"),
            List.of("simulate", pipeline, "--platform=here"))) {
      failure = "";
      assertThat(commands.execute(arguments.toArray(String[]::new))).isEqualTo(42);
      assertThat(failure).isEqualTo("no platform runs in here");
    }
  }
}
