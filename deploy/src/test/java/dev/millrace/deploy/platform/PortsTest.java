package dev.millrace.deploy.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PortsTest {
  @Test
  void takenPortThatWasAskedForIsRefused() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var asked = Map.of(Part.BROKER, taken.getLocalPort());
      assertThatThrownBy(() -> new Ports().choose(EnumSet.of(Part.BROKER), asked))
          .isInstanceOf(PlatformException.class)
          .hasMessageContaining(
              "port " + taken.getLocalPort() + ", asked for the broker, is taken");
    }
  }

  @Test
  void zeroTakesAFreeOne() {
    var chosen = new Ports().choose(EnumSet.of(Part.BROKER), Map.of(Part.BROKER, 0));
    assertThat(chosen.get(Part.BROKER)).isNotEqualTo(Part.BROKER.preferredPort());
  }

  @Test
  void noPortIsGivenTwice() {
    var ports = new Ports();
    var chosen = ports.choose(EnumSet.allOf(Part.class), Map.of());
    assertThat(chosen.values()).doesNotHaveDuplicates().doesNotContain(ports.free(), ports.free());
  }
}
