package dev.millrace.deploy.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.deploy.process.PlatformException;
import dev.millrace.schemas.codec.WireFormat;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;

/** Asks a registry for the newest schema of a topic's values, which can read all older ones. */
final class LatestSchema {
  private static final int TIMEOUT_MILLIS = 5_000;

  private LatestSchema() {}

  /**
   * The schema.
   *
   * @throws PlatformException when there is none, or the registry does not answer
   */
  static Schema of(String topic, String registry) {
    var subject = WireFormat.subject(topic);
    var encoded = URLEncoder.encode(subject, StandardCharsets.UTF_8);
    var uri = URI.create(registry + "/subjects/" + encoded + "/versions/latest");
    try {
      var connection = uri.toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      try (var body = connection.getInputStream()) {
        var schema = new ObjectMapper().readTree(body).path("schema").asText();
        return new Schema.Parser().parse(schema);
      }
    } catch (FileNotFoundException e) {
      throw new PlatformException(
          "the registry at %s knows no schema for the values of topic %s (subject %s), so they cannot be decoded"
              .formatted(registry, topic, subject),
          e);
    } catch (IOException e) {
      throw new PlatformException(
          "the registry at %s does not answer: %s".formatted(registry, e.getMessage()), e);
    }
  }
}
