package dev.millrace.schemas.service;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import picocli.CommandLine.Option;

/** The options (a picocli mixin) of a service with an {@link OpsServer}. */
public final class OpsOptions {
  @Option(
      names = "--ops-port",
      paramLabel = "PORT",
      defaultValue = "${env:MILLRACE_OPS_PORT:-0}",
      description =
          "Port of /metrics and /health; 0 for any free port (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--ops-host",
      paramLabel = "HOST",
      defaultValue = "${env:MILLRACE_OPS_HOST:-127.0.0.1}",
      description =
          "Address that /metrics and /health listen on (default: ${DEFAULT-VALUE}). They need no"
              + " token: listen on 0.0.0.0 only where a network policy or firewall admits none but"
              + " Prometheus and the probes.")
  private InetAddress host = InetAddress.getLoopbackAddress();

  /** Where to listen. */
  public InetSocketAddress address() {
    return new InetSocketAddress(host, port);
  }
}
