package dev.millrace.schemas.flink.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class JobOptionsTest {
  private static final Duration DEFAULT = Duration.ofSeconds(2);

  @Command(name = "job")
  private static final class Job {
    @Mixin private final JobOptions options = new JobOptions();
  }

  private static JobOptions options(String... args) {
    Job job = new Job();
    new CommandLine(job).parseArgs(args);
    return job.options;
  }

  @Test
  void usesTheCheckpointIntervalOfTheOptionOrTheDefaultOfTheJob() {
    assertThat(options().checkpointInterval(DEFAULT)).isEqualTo(DEFAULT);
    assertThat(options("--checkpoint-interval", "1500ms").checkpointInterval(DEFAULT))
        .isEqualTo(Duration.ofMillis(1500));
    assertThatThrownBy(() -> options("--checkpoint-interval", "PT2S"))
        .hasMessageContaining("is not a duration");
  }

  @Test
  void leavesOtherSettingsToTheCluster() {
    Configuration settings = new Configuration();
    options().applyTo(settings, "millrace-p-features");
    assertThat(settings.toMap()).isEmpty();
    assertThat(options().checkpoints("millrace-p-features")).isEmpty();
  }

  @Test
  void checkpointsAreInTheDirectoryOfTheJob() {
    JobOptions options = options("--state-dir", "/state", "--parallelism", "3");
    Configuration settings = new Configuration();
    options.applyTo(settings, "millrace-p-features");
    assertThat(settings.get(CoreOptions.DEFAULT_PARALLELISM)).isEqualTo(3);
    assertThat(settings.get(CheckpointingOptions.CHECKPOINTS_DIRECTORY))
        .startsWith("file:///state/millrace-p-features");
    assertThat(options.checkpoints("millrace-p-features"))
        .contains(new CheckpointDirectory(Path.of("/state/millrace-p-features")));
  }
}
