package dev.millrace.deploy.e2e.reads;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.deploy.e2e.expected.FeatureOracle;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.schemas.codec.AvroEncoder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Publishes payments of many cards at five shops, step by step in event time, and recomputes the
 * features of all views from them. Event time moves only when payments are published.
 */
public final class PaymentStream {
  /** A card and a shop that have payments only when asked for. */
  public static final String QUIET_CARD = "quiet/card|1";

  public static final String QUIET_SHOP = "quiet\\shop";

  private static final List<String> HARD_CARDS =
      List.of("a/b", "50%", "東京", "x|y\\z", "+ &?#", "..x", "", "\u0001é\uD83D\uDE00");

  private final RunningPipeline running;
  private final AvroEncoder encoder;
  private final Duration step;
  private final Map<String, FeatureOracle> oracles = new HashMap<>();
  private final List<String> cards = new ArrayList<>(HARD_CARDS);
  private final List<List<String>> lastPairs = new ArrayList<>();

  /** 37 ms after a full second: no payment is at the border of a hop. */
  private long timeMillis = Instant.now().minus(Duration.ofHours(3)).getEpochSecond() * 1_000 + 37;

  private int payments;

  /**
   * @param step event time between two payments of a card
   */
  PaymentStream(RunningPipeline running, Duration step) {
    this.running = running;
    this.step = step;
    this.encoder =
        AvroEncoder.forTopic(
            running.registry(),
            running.pipeline().scored().topic(),
            running.pipeline().scored().schema());
    running
        .pipeline()
        .features()
        .forEach((name, view) -> oracles.put(name, new FeatureOracle(view)));
    for (int i = 0; i < 24; i++) {
      cards.add("card-" + i);
    }
  }

  /** The keys of the view of cards, without the quiet one. */
  public List<List<String>> cards() {
    return cards.stream().map(List::of).toList();
  }

  /** The keys of the view of shops, without the quiet one. */
  public List<List<String>> shops() {
    List<List<String>> shops = new ArrayList<>();
    for (int shop = 0; shop < 5; shop++) {
      shops.add(List.of("shop/" + shop));
    }
    return shops;
  }

  /** Card and shop of each payment of the last step, without the quiet ones. */
  public List<List<String>> lastPairs() {
    return List.copyOf(lastPairs);
  }

  /** Event time of the newest payments, epoch millis. */
  public long timeMillis() {
    return timeMillis;
  }

  /** Publishes a payment of each card, and one of the quiet card if asked for. */
  public void advance(boolean quiet) {
    timeMillis += step.toMillis();
    lastPairs.clear();
    for (String card : cards) {
      String shop = "shop/" + payments * 7 % 5;
      lastPairs.add(List.of(card, shop));
      pay(card, shop);
    }
    if (quiet) {
      pay(QUIET_CARD, QUIET_SHOP);
    }
    running.flush();
  }

  private void pay(String card, String merchant) {
    String id = "p" + payments++;
    double amount = payments % 97;
    GenericRecord payment = new GenericData.Record(running.pipeline().scored().schema());
    payment.put("payment_id", id);
    payment.put("card", card);
    payment.put("merchant", merchant);
    payment.put("paid_at", timeMillis);
    payment.put("amount", amount);
    running.sendLater(
        new ProducerRecord<>(
            running.pipeline().scored().topic(), card.getBytes(UTF_8), encoder.encode(payment)));
    FeatureOracle.Event event =
        new FeatureOracle.Event(
            id, timeMillis, Map.of("card", card, "merchant", merchant, "amount", amount));
    oracles.values().forEach(oracle -> oracle.add(event));
  }

  /** Whether the answer equals the recomputation as of its time, and as of a later one. */
  public boolean isCurrent(String view, JsonNode answer, String entity, long atMillis) {
    FeatureOracle oracle = Objects.requireNonNull(oracles.get(view));
    if (!FeatureAnswer.isFound(answer)) {
      return false;
    }
    long asOf = Instant.parse(answer.path("as_of").asText()).toEpochMilli();
    Map<String, @Nullable Object> served = FeatureAnswer.values(answer);
    return served.equals(oracle.asOf(entity, asOf))
        && (atMillis <= asOf || served.equals(oracle.asOf(entity, atMillis)));
  }
}
