package dev.millrace.ingest;

import dev.millrace.schemas.pipeline.Guarantee;
import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.Schema;

/** The sources of the example pipeline for payments. */
public final class Payments {
  private static final Path EXAMPLE = Path.of("../deploy/examples/payments");

  private Payments() {}

  /** With the schemas as they are shipped. */
  public static Pipeline pipeline() {
    Map<String, Source> sources = new LinkedHashMap<>();
    sources.put(
        "payments", source("payments", schema("payment.avsc"), "payment_id", "paid_at", 10));
    sources.put(
        "chargebacks",
        source("chargebacks", schema("chargeback.avsc"), "chargeback_id", "reported_at", 1440));
    return pipeline(sources);
  }

  /** The same with another schema of payments. */
  public static Pipeline with(Schema payments, Pipeline pipeline) {
    Map<String, Source> sources = new LinkedHashMap<>(pipeline.sources());
    sources.put("payments", source("payments", payments, "payment_id", "paid_at", 10));
    return pipeline(sources);
  }

  private static Pipeline pipeline(Map<String, Source> sources) {
    return new Pipeline(
        "payments",
        Guarantee.EXACTLY_ONCE,
        4,
        sources,
        "payments",
        Map.of(),
        null,
        null,
        null,
        null);
  }

  private static Source source(
      String name, Schema schema, String id, String time, long latenessMinutes) {
    return new Source(
        name,
        name,
        schema,
        id,
        "customer_id",
        time,
        Duration.ofMinutes(latenessMinutes),
        LatePolicy.TOPIC,
        Duration.ofHours(1),
        Duration.ofHours(1),
        Map.of());
  }

  private static Schema schema(String file) {
    try {
      return new Schema.Parser().parse(EXAMPLE.resolve(file).toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
