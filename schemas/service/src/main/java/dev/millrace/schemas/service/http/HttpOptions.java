package dev.millrace.schemas.service.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options (a picocli mixin) of a service that answers requests of other programs. */
public final class HttpOptions {
  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      defaultValue = "${env:MILLRACE_HTTP_PORT:-0}",
      description = "Port of the HTTP interface; 0 for any free port (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--http-host",
      paramLabel = "HOST",
      defaultValue = "${env:MILLRACE_HTTP_HOST:-127.0.0.1}",
      description =
          "Address that the HTTP interface listens on (default: ${DEFAULT-VALUE}). Any other than"
              + " loopback needs --http-token-file.")
  private String host = "127.0.0.1";

  @Option(
      names = "--http-advertised",
      paramLabel = "HOST[:PORT]",
      defaultValue = "${env:MILLRACE_HTTP_ADVERTISED}",
      description =
          "Address by which other instances reach this one; an IPv6 address with a port needs"
              + " brackets. Default: that of --http-host, or the name of this machine if it listens"
              + " on all addresses.")
  private @Nullable String advertised;

  @Option(
      names = "--http-token-file",
      paramLabel = "FILE",
      defaultValue = "${env:MILLRACE_HTTP_TOKEN_FILE}",
      description =
          "File with the token that each request must have: Authorization: Bearer TOKEN. The same"
              + " for all instances.")
  private @Nullable Path tokenFile;

  /**
   * Where to listen.
   *
   * @throws IllegalArgumentException with the message for the user, if an option is wrong
   */
  public HttpBinding binding() {
    BearerToken token = tokenFile == null ? null : BearerToken.read(tokenFile);
    InetAddress address = resolve(host);
    if (!address.isLoopbackAddress() && token == null) {
      throw new IllegalArgumentException(
          "--http-host %s can be reached from other machines: name a file with a token by --http-token-file, or listen on 127.0.0.1"
              .formatted(host));
    }
    InetSocketAddress socket = new InetSocketAddress(address, port);
    if (advertised == null) {
      String name = address.isAnyLocalAddress() ? machine() : withoutBrackets(host);
      return new HttpBinding(socket, name, 0, token);
    }
    int colon = advertised.lastIndexOf(':');
    boolean hasPort =
        colon >= 0 && (advertised.indexOf(':') == colon || advertised.startsWith("]", colon - 1));
    return hasPort
        ? new HttpBinding(
            socket,
            withoutBrackets(advertised.substring(0, colon)),
            number(advertised.substring(colon + 1)),
            token)
        : new HttpBinding(socket, withoutBrackets(advertised), 0, token);
  }

  /** Kafka Streams names instances by the IPv6 address without the brackets of a URL. */
  private static String withoutBrackets(String name) {
    return name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
  }

  private static InetAddress resolve(String name) {
    try {
      return InetAddress.getByName(name);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("--http-host %s is not known".formatted(name), e);
    }
  }

  private static String machine() {
    try {
      return InetAddress.getLocalHost().getCanonicalHostName();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          "this machine has no name: name its address by --http-advertised", e);
    }
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--http-advertised: '%s' is not a port".formatted(text), e);
    }
  }
}
