package dev.millrace.schemas.service.http;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * Creates every HTTP server of a service. The limits of the JDK's server are system properties that
 * it reads once in a process, so they are set before the first server is created.
 */
public final class HttpServers {
  /**
   * Time until a request must have been sent: the largest body at 0.2 MB a second. The server has
   * no limit for the headers alone.
   */
  static final int REQUEST_SECONDS = 5;

  /** Time from a request until its answer must have been read. Other instances answer in 2 s. */
  static final int ANSWER_SECONDS = 10;

  static {
    // Answers in two packets would wait 40 ms for the acknowledgement of the first.
    setDefault("sun.net.httpserver.nodelay", "true");
    setDefault("sun.net.httpserver.maxReqTime", String.valueOf(REQUEST_SECONDS));
    setDefault("sun.net.httpserver.maxRspTime", String.valueOf(ANSWER_SECONDS));
  }

  private HttpServers() {}

  /**
   * A server that listens and has no handlers yet.
   *
   * @param address where to listen; port 0 for any free one
   * @throws IOException if the address cannot be used
   */
  public static HttpServer create(InetSocketAddress address) throws IOException {
    return HttpServer.create(address, 0);
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
