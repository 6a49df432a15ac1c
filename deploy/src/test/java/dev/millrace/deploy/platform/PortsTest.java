package dev.millrace.deploy.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.deploy.process.PlatformException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PortsTest {
  @Test
  void aRequestedPortInUseIsRejected() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var requested = Map.of(Component.BROKER, taken.getLocalPort());
      assertThatThrownBy(() -> new Ports().choose(EnumSet.of(Component.BROKER), requested))
          .isInstanceOf(PlatformException.class)
          .hasMessageContaining("port " + taken.getLocalPort() + " of the broker is in use");
    }
  }

  @Test
  void zeroRequestsAnyFreePort() {
    var chosen = new Ports().choose(EnumSet.of(Component.BROKER), Map.of(Component.BROKER, 0));
    assertThat(chosen.get(Component.BROKER)).isNotEqualTo(Component.BROKER.preferredPort());
  }

  @Test
  void noPortIsReturnedTwice() {
    var ports = new Ports();
    var chosen = ports.choose(EnumSet.allOf(Component.class), Map.of());
    assertThat(chosen.values()).doesNotHaveDuplicates().doesNotContain(ports.free(), ports.free());
  }
}
