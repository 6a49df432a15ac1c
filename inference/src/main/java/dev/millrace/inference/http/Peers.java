package dev.millrace.inference.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The other instances of the pipeline's inference. */
interface Peers {
  /**
   * Sends some keys of a request to another instance.
   *
   * @param keys indexes of the request's keys
   * @return the answers to these keys, in their order; fails if the instance does not answer
   */
  CompletableFuture<List<JsonNode>> read(Host host, ReadRequest request, List<Integer> keys);
}
