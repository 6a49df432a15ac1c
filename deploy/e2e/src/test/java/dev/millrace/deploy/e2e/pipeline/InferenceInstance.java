package dev.millrace.deploy.e2e.pipeline;

import dev.millrace.deploy.platform.Component;
import dev.millrace.deploy.platform.Endpoints;
import dev.millrace.deploy.process.ChildProcess;
import dev.millrace.deploy.process.ChildSpec;
import dev.millrace.deploy.process.JavaCommand;
import dev.millrace.deploy.process.ReadinessProbe;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A further instance of inference beside that of a platform, with its own state directory. */
public final class InferenceInstance {
  private InferenceInstance() {}

  /**
   * The process of the instance, not started.
   *
   * @param options further ones of the command
   */
  public static ChildProcess of(RunningPipeline running, Path directory, String... options)
      throws IOException {
    return withOpsPort(running, directory, freePort(), options);
  }

  /** The same, with a given port of {@code /metrics} and {@code /health}. */
  public static ChildProcess withOpsPort(
      RunningPipeline running, Path directory, int port, String... options) throws IOException {
    Files.createDirectories(directory);
    Endpoints endpoints = running.platform().endpoints();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--pipeline=" + running.pipelineFile(),
                "--bootstrap-servers=" + endpoints.bootstrapServers(),
                "--registry=" + endpoints.registryUrl(),
                "--state-dir=" + directory.resolve("state"),
                "--ops-port=" + port));
    arguments.addAll(List.of(options));
    List<String> command =
        JavaCommand.withHeap(
                384,
                List.of(
                    Packaged.JIT,
                    ClassArchives.flag(Component.INFERENCE),
                    "-Dlogback.configurationFile=" + Packaged.DISTRIBUTION.serviceLogging()),
                Packaged.DISTRIBUTION.classpath("inference", "streams"))
            .runChild("dev.millrace.inference.InferenceMain", arguments);
    return new ChildProcess(
        new ChildSpec(
            "inference in " + directory.getFileName(),
            command,
            directory,
            directory.resolve("inference.log"),
            ReadinessProbe.http(URI.create("http://127.0.0.1:" + port + "/health/ready")),
            RunningPipeline.TIMEOUT),
        exit -> System.out.println(exit.message()));
  }

  /** A port that is free now. */
  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
