package dev.millrace.inference.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.streams.state.HostInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostTest {
  /** Otherwise an instance would take itself for another one. */
  @ParameterizedTest
  @ValueSource(strings = {"::1", "fd00::1:2", "127.0.0.1", "scorer-1.example"})
  void anInstanceIsFoundByItsApplicationServer(String name) {
    Host self = new Host(name, 9104);
    assertThat(Host.of(HostInfo.buildFromEndpoint(self.toString()))).isEqualTo(self);
  }
}
