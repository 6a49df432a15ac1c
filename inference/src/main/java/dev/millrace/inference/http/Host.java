package dev.millrace.inference.http;

import java.util.Comparator;
import org.apache.kafka.streams.state.HostInfo;

/** The address of the HTTP interface of an instance. */
record Host(String name, int port) {
  static final Comparator<Host> ORDER = Comparator.comparing(Host::name).thenComparing(Host::port);

  static Host of(HostInfo info) {
    return new Host(info.host(), info.port());
  }

  @Override
  public String toString() {
    return (name.indexOf(':') < 0 || name.startsWith("[") ? name : "[" + name + "]") + ":" + port;
  }
}
