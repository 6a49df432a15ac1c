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

/** Finds the loopback ports that the platform listens on. */
final class Ports {
  private final Set<Integer> given = new HashSet<>();

  /**
   * A port for each part: the one asked for, or the preferred one when it is free, or any free one.
   *
   * @param asked ports that the user named; 0 asks for any free one
   * @throws PlatformException when a port that was asked for is taken
   */
  Map<Component, Integer> choose(Set<Component> parts, Map<Component, Integer> asked) {
    var chosen = new EnumMap<Component, Integer>(Component.class);
    for (var part : parts) {
      var wish = asked.get(part);
      if (wish != null && wish != 0) {
        if (!take(wish)) {
          throw new PlatformException(
              "port %d, asked for the %s, is taken; name another or leave the option out"
                  .formatted(wish, part.label()));
        }
        chosen.put(part, wish);
      }
    }
    for (var part : parts) {
      if (!chosen.containsKey(part)) {
        var preferred = part.preferredPort();
        var any = asked.containsKey(part) || !take(preferred);
        chosen.put(part, any ? free() : preferred);
      }
    }
    return chosen;
  }

  /** A port that nobody listens on now and that this object has not given before. */
  int free() {
    while (true) {
      try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        if (given.add(socket.getLocalPort())) {
          return socket.getLocalPort();
        }
      } catch (IOException e) {
        throw new UncheckedIOException("no free port on the loopback interface", e);
      }
    }
  }

  private boolean take(int port) {
    if (given.contains(port)) {
      return false;
    }
    try (var socket = new ServerSocket()) {
      // A server that ended lately leaves the port waiting; its successor may bind all the same.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return given.add(port);
    } catch (IOException e) {
      return false;
    }
  }
}
