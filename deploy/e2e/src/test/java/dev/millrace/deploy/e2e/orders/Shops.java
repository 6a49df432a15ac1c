package dev.millrace.deploy.e2e.orders;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.schemas.registry.Registry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.apache.avro.Schema;

/**
 * The shops that send orders, each with its own version of the schema. All are registered under the
 * topic's subject, each as a compatible successor of the previous version.
 *
 * @param current the schema of the pipeline
 * @param older without a field that has a default
 * @param newer with one more field
 * @param gifts with a field of unlimited nesting
 * @param wider with one more symbol in each enum
 * @param jsonId id of a JSON schema
 * @param protobufId id of a Protobuf schema
 */
public record Shops(
    OrderWriter current,
    OrderWriter older,
    OrderWriter newer,
    OrderWriter gifts,
    OrderWriter wider,
    int jsonId,
    int protobufId) {
  private static final String GIFT =
      """
      {"type": "record", "name": "Gift", "fields": [
        {"name": "inner", "type": ["null", "Gift"], "default": null}]}
      """;
  private static final String JSON_SCHEMA =
      """
      {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"}
      """;
  private static final ObjectMapper JSON = new ObjectMapper();

  public static Shops register(Registry registry, String registryUrl, String topic, Schema orders)
      throws IOException, InterruptedException {
    return new Shops(
        new OrderWriter(registry, topic, orders),
        new OrderWriter(registry, topic, OrderWriter.older(orders)),
        new OrderWriter(registry, topic, OrderWriter.newer(orders, "coupon", "\"string\"")),
        new OrderWriter(registry, topic, OrderWriter.newer(orders, "gift", GIFT)),
        new OrderWriter(registry, topic, OrderWriter.wider(orders, "FAX", "GBP")),
        register(registryUrl, "json-orders-value", "JSON", JSON_SCHEMA),
        register(
            registryUrl,
            "protobuf-orders-value",
            "PROTOBUF",
            "syntax = \"proto3\"; message Order { string order_id = 1; }"));
  }

  /** Registers a schema of any type; the registry client of the services registers Avro only. */
  private static int register(String url, String subject, String type, String schema)
      throws IOException, InterruptedException {
    String body = JSON.writeValueAsString(Map.of("schemaType", type, "schema", schema));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/subjects/" + subject + "/versions"))
            .header("Content-Type", "application/vnd.schemaregistry.v1+json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> response =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(subject + ": " + response.statusCode() + " " + response.body());
    }
    return JSON.readTree(response.body()).path("id").intValue();
  }
}
