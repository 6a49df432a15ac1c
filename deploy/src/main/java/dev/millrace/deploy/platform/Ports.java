package dev.millrace.deploy.platform;

import dev.millrace.deploy.process.PlatformException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Chooses free ports of the loopback interface. */
final class Ports {
  private final Set<Integer> returned = new HashSet<>();

  /**
   * A port for each component: the requested one, or the preferred one if it is free, or any free
   * one.
   *
   * @param requested ports that the user named; 0 for any free one
   * @throws PlatformException if a requested port is in use
   */
  Map<Component, Integer> choose(Set<Component> components, Map<Component, Integer> requested) {
    var chosen = new EnumMap<Component, Integer>(Component.class);
    for (var component : components) {
      var port = requested.get(component);
      if (port != null && port != 0) {
        if (!take(port)) {
          throw new PlatformException(
              "port %d of the %s is in use; choose another one or leave out --port"
                  .formatted(port, component.label()));
        }
        chosen.put(component, port);
      }
    }
    for (var component : components) {
      if (!chosen.containsKey(component)) {
        var preferred = component.preferredPort();
        var any = requested.containsKey(component) || !take(preferred);
        chosen.put(component, any ? free() : preferred);
      }
    }
    return chosen;
  }

  /** A port if it is free now, or else any free one. */
  int preferred(int preferred) {
    return take(preferred) ? preferred : free();
  }

  /** A port that is free now and that this object has not returned before. */
  int free() {
    while (true) {
      try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        if (returned.add(socket.getLocalPort())) {
          return socket.getLocalPort();
        }
      } catch (IOException e) {
        throw new UncheckedIOException("no free port on the loopback interface", e);
      }
    }
  }

  private boolean take(int port) {
    if (returned.contains(port)) {
      return false;
    }
    try (var socket = new ServerSocket()) {
      // After the exit of a server its port is in TIME_WAIT; a new server can still bind to it.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return returned.add(port);
    } catch (IOException e) {
      return false;
    }
  }
}
