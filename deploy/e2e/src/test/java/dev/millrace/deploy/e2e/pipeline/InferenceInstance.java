package dev.millrace.deploy.e2e.pipeline;

import dev.millrace.deploy.process.ChildProcess;
import dev.millrace.deploy.process.ChildSpec;
import dev.millrace.deploy.platform.Endpoints;
import dev.millrace.deploy.process.ReadinessProbe;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A further instance of inference beside the one of a platform, with a state directory of its own.
 */
public final class InferenceInstance {
  private InferenceInstance() {}

  /** Not started yet. */
  public static ChildProcess of(RunningPipeline loop, Path directory) throws IOException {
    Files.createDirectories(directory);
    int port = freePort();
    Endpoints endpoints = loop.platform().endpoints();
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx384m",
            "-XX:+UseSerialGC",
            "-Dlogback.configurationFile=" + Packaged.DISTRIBUTION.serviceLogging(),
            "-cp",
            Packaged.DISTRIBUTION.classpath("inference", "streams"),
            "dev.millrace.deploy.child.ParentWatch",
            "dev.millrace.inference.InferenceMain",
            "--pipeline=" + loop.pipelineFile(),
            "--bootstrap-servers=" + endpoints.bootstrapServers(),
            "--registry=" + endpoints.registryUrl(),
            "--state-dir=" + directory.resolve("state"),
            "--ops-port=" + port);
    return new ChildProcess(
        new ChildSpec(
            "second inference",
            command,
            directory,
            directory.resolve("inference.log"),
            ReadinessProbe.http(URI.create("http://127.0.0.1:" + port + "/health/ready")),
            RunningPipeline.PATIENCE),
        crash -> System.out.println(crash.message()));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
