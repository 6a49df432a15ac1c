package dev.millrace.schemas.service.http;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a service listens, and who may call it.
 *
 * @param address to listen on; port 0 for any free one
 * @param advertisedHost the host by which other instances reach this one; an IPv6 address without
 *     brackets
 * @param advertisedPort the port of that host; 0: the one that is listened on
 * @param token that each request must have; null: none, which is for loopback only
 */
public record HttpBinding(
    InetSocketAddress address,
    String advertisedHost,
    int advertisedPort,
    @Nullable BearerToken token) {}
