package dev.millrace.schemas.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

class OpsServerTest {
  /** On loopback by default: the endpoints have no token. */
  @Test
  void listensOnLoopbackUnlessAnAddressIsNamed() {
    assertThat(options().address().getAddress().isLoopbackAddress()).isTrue();
    assertThat(options("--ops-host=0.0.0.0").address().getAddress().isAnyLocalAddress()).isTrue();
    assertThat(options("--ops-port=9101").address().getPort()).isEqualTo(9101);
    assertThatThrownBy(() -> options("--ops-host=256.1.1.1.1"))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("--ops-host");
  }

  /** A probe of Kubernetes asks the address of the pod, never loopback: 127.0.0.2 is such one. */
  @Test
  void answersOnlyOnItsAddress() throws Exception {
    try (OpsServer loopback = server(options("--ops-host=127.0.0.1").address());
        OpsServer all = server(options("--ops-host=0.0.0.0").address())) {
      assertThat(get("127.0.0.1", loopback.port(), "/health/live").statusCode()).isEqualTo(200);
      assertThatThrownBy(() -> get("127.0.0.2", loopback.port(), "/health/live"))
          .isInstanceOf(IOException.class);
      assertThat(get("127.0.0.2", all.port(), "/health/live").body()).isEqualTo("ok");
      HttpResponse<String> ready = get("127.0.0.2", all.port(), "/health/ready");
      assertThat(ready.statusCode()).isEqualTo(503);
      assertThat(ready.body()).isEqualTo("restoring");
      assertThat(get("127.0.0.2", all.port(), "/metrics").body()).isEqualTo("up 1\n");
    }
  }

  @Test
  void namesTheAddressAndTheOptionsIfItCannotListen() {
    try (OpsServer first = server(options().address())) {
      int port = first.port();
      assertThatThrownBy(() -> server(options("--ops-port=" + port).address()))
          .hasMessageContaining("127.0.0.1:" + port)
          .hasMessageContaining("--ops-port")
          .hasMessageContaining("--ops-host");
    }
  }

  private static OpsServer server(InetSocketAddress address) {
    return new OpsServer(address, () -> "", () -> "restoring", out -> out.write("up 1\n"));
  }

  private static HttpResponse<String> get(String host, int port, String path) throws Exception {
    URI uri = URI.create("http://" + host + ":" + port + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  private static OpsOptions options(String... arguments) {
    return CommandLine.populateCommand(new OpsOptions(), arguments);
  }
}
