package dev.millrace.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.utility.MountableFile;

/**
 * The archive on a machine that has a Java 17 runtime and nothing else: unpacked, started, used.
 * Runs where a Docker engine is, and the image is there or can be pulled; {@code
 * -Dmillrace.jre.image} names another one.
 */
@Testcontainers(disabledWithoutDocker = true)
class BareMachineIT {
  private static final String IMAGE =
      System.getProperty("millrace.jre.image", "eclipse-temurin:17-jre");
  private static final int PAYMENTS = 500;
  private static final String MILLRACE = "/opt/millrace/bin/millrace";
  private static final String PIPELINE = "/opt/millrace/examples/payments/pipeline.yaml";

  @Test
  void theArchiveRunsWhereverThereIsAJavaRuntime() throws Exception {
    Path archive = Path.of(E2e.DISTRIBUTION.home() + ".tar.gz");
    assumeTrue(Files.exists(archive), "built without the archive");
    try (GenericContainer<?> machine = new GenericContainer<>(IMAGE)) {
      machine
          .withCopyFileToContainer(MountableFile.forHostPath(archive), "/millrace.tar.gz")
          .withCommand(
              "sh",
              "-c",
              "mkdir /opt/millrace && tar xzf /millrace.tar.gz -C /opt/millrace --strip-components 1"
                  + " && exec %s up %s --dir /tmp/platform".formatted(MILLRACE, PIPELINE))
          .waitingFor(
              Wait.forLogMessage(".*Ctrl-C stops it.*\\n", 1).withStartupTimeout(Loop.PATIENCE));
      start(machine);

      run(
          machine,
          "simulate",
          "--pipeline",
          PIPELINE,
          "--events",
          PAYMENTS + "",
          "--bad-share",
          "0");
      String predictions =
          E2e.await(
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

  private static void start(GenericContainer<?> machine) {
    try {
      machine.start();
    } catch (ContainerFetchException e) {
      throw new TestAbortedException("no image " + IMAGE + ", and it cannot be pulled", e);
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
