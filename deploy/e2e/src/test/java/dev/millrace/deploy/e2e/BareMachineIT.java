package dev.millrace.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.exception.NotFoundException;
import dev.millrace.deploy.e2e.pipeline.Await;
import dev.millrace.deploy.e2e.pipeline.Packaged;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.utility.MountableFile;

/**
 * The archive in a container with a Java 17 runtime only: it is unpacked, started and used. Needs a
 * Docker engine that has the image; {@code -Dmillrace.jre.image} names another image.
 */
@Testcontainers(disabledWithoutDocker = true)
class BareMachineIT {
  private static final String IMAGE =
      System.getProperty("millrace.jre.image", "eclipse-temurin:17-jre");
  private static final int PAYMENTS = 500;
  private static final String MILLRACE = "/opt/millrace/bin/millrace";
  private static final String PIPELINE = "/opt/millrace/examples/payments/pipeline.yaml";

  @Test
  void theArchiveNeedsOnlyAJavaRuntime() throws Exception {
    Path archive = Path.of(Packaged.DISTRIBUTION.home() + ".tar.gz");
    assumeTrue(Files.exists(archive), "the archive was not built");
    assumeTrue(isPresent(IMAGE), "image " + IMAGE + " is missing; run docker pull");
    try (GenericContainer<?> machine = new GenericContainer<>(IMAGE)) {
      machine
          .withCopyFileToContainer(MountableFile.forHostPath(archive), "/millrace.tar.gz")
          .withCommand(
              "sh",
              "-c",
              "mkdir /opt/millrace && tar xzf /millrace.tar.gz -C /opt/millrace --strip-components 1"
                  + " && exec %s up %s --dir /tmp/platform".formatted(MILLRACE, PIPELINE))
          .waitingFor(
              Wait.forLogMessage(".*Press Ctrl-C to stop.*\\n", 1)
                  .withStartupTimeout(RunningPipeline.TIMEOUT));
      machine.start();

      run(machine, "simulate", PIPELINE, "--events", PAYMENTS + "", "--bad-share", "0");
      String predictions =
          Await.value(
              PAYMENTS + " predictions",
              Duration.ofMinutes(1),
              () -> {
                String csv = run(machine, "export", "predictions", "--format", "csv");
                return csv.lines().count() > PAYMENTS ? csv : null;
              });
      assertThat(predictions.lines().skip(1))
          .hasSize(PAYMENTS)
          .allMatch(row -> row.contains("CHAMPION"));
    }
  }

  /** Checked first, since a failed pull takes minutes. */
  private static boolean isPresent(String image) {
    try {
      return DockerClientFactory.instance().client().inspectImageCmd(image).exec().getId() != null;
    } catch (NotFoundException e) {
      return false;
    }
  }

  private static String run(GenericContainer<?> machine, String command, String... options) {
    String[] words = new String[options.length + 4];
    words[0] = MILLRACE;
    words[1] = command;
    System.arraycopy(options, 0, words, 2, options.length);
    words[words.length - 2] = "--dir";
    words[words.length - 1] = "/tmp/platform";
    try {
      var result = machine.execInContainer(words);
      assertThat(result.getExitCode()).as("%s%n%s", command, result.getStderr()).isZero();
      return result.getStdout();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
