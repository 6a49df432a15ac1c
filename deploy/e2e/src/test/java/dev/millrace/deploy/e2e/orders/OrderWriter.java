package dev.millrace.deploy.e2e.orders;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.registry.Registry;
import java.util.function.Consumer;
import org.apache.avro.Schema;

/** The serializer of a shop: one version of the schema, registered under the topic's subject. */
public final class OrderWriter {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Schema schema;
  private final AvroEncoder encoder;

  public OrderWriter(Registry registry, String topic, Schema schema) {
    this.schema = schema;
    this.encoder = AvroEncoder.forTopic(registry, topic, schema);
  }

  public byte[] write(ShopOrder order) {
    return encoder.encode(order.in(schema));
  }

  public Schema schema() {
    return schema;
  }

  /** The schema of a shop without the second last field, the note. */
  public static Schema older(Schema orders) {
    return changed(orders, fields -> fields.remove(fields.size() - 2));
  }

  /** The schema of a shop with one more field, null by default. */
  public static Schema newer(Schema orders, String field, String type) {
    return changed(
        orders,
        fields -> {
          ObjectNode added = fields.addObject().put("name", field).putNull("default");
          added.putArray("type").add("null").add(parse(type));
        });
  }

  /** The schema of a shop with one more symbol in each enum. */
  public static Schema wider(Schema orders, String channel, String currency) {
    return changed(
        orders,
        fields -> {
          symbols(fields, "channel").add(channel);
          symbols(fields, "currency").add(currency);
        });
  }

  private static ArrayNode symbols(ArrayNode fields, String name) {
    for (JsonNode field : fields) {
      if (field.path("name").asText().equals(name)) {
        return (ArrayNode) field.path("type").path("symbols");
      }
    }
    throw new IllegalArgumentException("no field " + name);
  }

  private static Schema changed(Schema schema, Consumer<ArrayNode> change) {
    JsonNode json = parse(schema.toString());
    change.accept((ArrayNode) json.path("fields"));
    return new Schema.Parser().parse(json.toString());
  }

  private static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(json, e);
    }
  }
}
