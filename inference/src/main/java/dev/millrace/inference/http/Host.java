package dev.millrace.inference.http;

import java.util.Comparator;
import org.apache.kafka.streams.state.HostInfo;

/**
 * The address of the HTTP interface of an instance.
 *
 * @param name host name or address; an IPv6 address without brackets
 */
record Host(String name, int port) {
  static final Comparator<Host> ORDER = Comparator.comparing(Host::name).thenComparing(Host::port);

  static Host of(HostInfo info) {
    return new Host(info.host(), info.port());
  }

  @Override
  public String toString() {
    return (name.indexOf(':') < 0 ? name : "[" + name + "]") + ":" + port;
  }
}
