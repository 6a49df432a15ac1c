package dev.millrace.deploy.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.millrace.deploy.e2e.expected.FeatureOracle;
import dev.millrace.deploy.e2e.pipeline.Await;
import dev.millrace.deploy.e2e.pipeline.FeatureClient;
import dev.millrace.deploy.e2e.pipeline.FeatureClient.Answer;
import dev.millrace.deploy.e2e.pipeline.InferenceInstance;
import dev.millrace.deploy.e2e.pipeline.Packaged;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.deploy.platform.Component;
import dev.millrace.deploy.process.ChildProcess;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.pipeline.Durations;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Features read over HTTP from two instances of inference, each with a copy of the other's stores.
 * Event time is that of the payments that this test publishes, so it moves only when it publishes.
 * {@code ./mvnw verify -Dit.test=FeatureReadsIT -Dmillrace.reads.window=10m} has windows of that
 * length, and publishes in real time.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@SuppressWarnings("NullAway.Init") // JUnit calls start first.
class FeatureReadsIT {
  private static final boolean REAL_TIME = System.getProperty("millrace.reads.window") != null;
  private static final Duration WINDOW =
      Objects.requireNonNull(Durations.parse(System.getProperty("millrace.reads.window", "12s")));

  private static final Duration STEP = WINDOW.dividedBy(12);

  /** The pipeline's lateness: progress is behind the newest payment by as much. */
  private static final Duration LATENESS = STEP;

  private static final List<String> HARD_CARDS =
      List.of("a/b", "50%", "東京", "x|y\\z", "+ &?#", "..x", "", "\u0001é\uD83D\uDE00");
  private static final String QUIET = "quiet/card|1";
  private static final String QUIET_SHOP = "quiet\\shop";

  private final Map<String, FeatureOracle> oracles = new HashMap<>();
  private final List<String> cards = new ArrayList<>(HARD_CARDS);
  private final List<List<String>> lastPairs = new ArrayList<>();
  private RunningPipeline running;
  private AvroEncoder encoder;
  private final List<ChildProcess> instances = new ArrayList<>();
  private final List<FeatureClient> clients = new ArrayList<>();

  /** 37 ms after a full second: no payment is at the border of a hop. */
  private long timeMillis = Instant.now().minus(Duration.ofHours(3)).getEpochSecond() * 1_000 + 37;

  private int payments;

  @BeforeAll
  void start(@TempDir Path dir) throws Exception {
    Path file =
        Packaged.copy(Path.of("src/test/resources/reads"), dir.resolve("reads"))
            .resolve("pipeline.yaml");
    String text = Files.readString(file);
    Files.writeString(
        file,
        Pattern.compile("\\b(12|6|1)s\\b")
            .matcher(text)
            .replaceAll(
                seconds -> STEP.multipliedBy(Long.parseLong(seconds.group(1))).toSeconds() + "s"));
    running = RunningPipeline.start(dir.resolve("platform"), file);
    running.platform().child(Component.INFERENCE).stop();
    for (String name : List.of("first", "second")) {
      int port = InferenceInstance.freePort();
      instances.add(
          InferenceInstance.of(
              running, dir.resolve(name), "--http-port=" + port, "--standby-replicas=1"));
      clients.add(new FeatureClient(port));
    }
    instances.forEach(ChildProcess::start);
    for (ChildProcess instance : instances) {
      instance.awaitReady();
    }
    encoder =
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

  @AfterAll
  void stop() {
    instances.forEach(ChildProcess::close);
    if (running != null) {
      running.close();
    }
  }

  /** Publishes a payment of each card, and one of the quiet card if asked for. */
  private void advance(boolean quiet) {
    timeMillis += STEP.toMillis();
    lastPairs.clear();
    for (String card : cards) {
      String shop = "shop/" + payments * 7 % 5;
      lastPairs.add(List.of(card, shop));
      pay(card, shop);
    }
    if (quiet) {
      pay(QUIET, QUIET_SHOP);
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

  /** The answer's features; a feature without a value is null. */
  private static Map<String, @Nullable Object> values(JsonNode answer) {
    Map<String, @Nullable Object> values = new HashMap<>();
    answer
        .path("features")
        .properties()
        .forEach(
            feature -> {
              JsonNode value = feature.getValue().path("value");
              values.put(feature.getKey(), value.isNull() ? null : value.asDouble());
            });
    return values;
  }

  /** Whether the answer equals the recomputation as of its time, and as of a later one. */
  private boolean isCurrent(String view, JsonNode answer, String entity, long atMillis) {
    FeatureOracle oracle = Objects.requireNonNull(oracles.get(view));
    if (!answer.path("found").asBoolean()) {
      return false;
    }
    long asOf = Instant.parse(answer.path("as_of").asText()).toEpochMilli();
    Map<String, @Nullable Object> served = values(answer);
    return served.equals(oracle.asOf(entity, asOf))
        && (atMillis <= asOf || served.equals(oracle.asOf(entity, atMillis)));
  }

  private String entity(String view, List<String> key) {
    return Objects.requireNonNull(running.pipeline().features().get(view)).entity().of(key);
  }

  private void awaitCurrent(String view, List<List<String>> keys) {
    for (FeatureClient client : clients) {
      for (List<String> key : keys) {
        Await.condition(
            view + " " + key,
            RunningPipeline.TIMEOUT,
            () -> {
              Answer answer = client.get(view, key, false);
              return answer.status() == 200
                  && isCurrent(view, answer.body(), entity(view, key), timeMillis);
            });
      }
    }
  }

  @Test
  @Order(1)
  void everyKeyIsReadThroughEitherInstance() {
    for (int i = 0; i < 6; i++) {
      advance(true);
    }
    List<List<String>> ofCards = cards.stream().map(List::of).toList();
    awaitCurrent("card", ofCards);
    List<List<String>> shops = new ArrayList<>();
    for (int shop = 0; shop < 5; shop++) {
      shops.add(List.of("shop/" + shop));
    }
    awaitCurrent("merchant", shops);
    List<List<String>> pairs = new ArrayList<>(lastPairs);
    pairs.add(List.of(QUIET, QUIET_SHOP));
    awaitCurrent("pair", pairs);

    Set<String> own = new TreeSet<>();
    for (FeatureClient client : clients) {
      assertThat(answers(client.post("card", ofCards, ""))).hasSize(cards.size());
      Set<String> here = answers(client.post("card", ofCards, "millrace.reads.inference")).keySet();
      assertThat(here).as("cards in the partitions of the instance").isNotEmpty();
      assertThat(own).doesNotContainAnyElementsOf(here);
      own.addAll(here);
    }
    assertThat(own).hasSize(cards.size());
    System.out.printf(
        "%d cards, %d shops and %d pairs are read through either of two instances%n",
        cards.size(), shops.size(), pairs.size());
  }

  /** The answers of a bulk read by entity, without the keys that are not ready. */
  private static Map<String, JsonNode> answers(Answer answer) {
    assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
    Map<String, JsonNode> byEntity = new LinkedHashMap<>();
    for (JsonNode result : answer.body().path("results")) {
      if (!result.has("error")) {
        byEntity.put(result.path("entity").asText(), result);
      }
    }
    return byEntity;
  }

  @Test
  @Order(2)
  void wrongRequestsAreRefused() {
    FeatureClient client = clients.get(0);
    assertThat(client.get("cart", List.of("x"), false).status()).isEqualTo(404);
    assertThat(client.get("cart", List.of("x"), false).body().path("message").asText())
        .contains("'card'");
    assertThat(client.get("pair", List.of("x"), false).status()).isEqualTo(400);
    JsonNode unknown = client.get("card", List.of("nobody"), false).body();
    assertThat(unknown.path("found").asBoolean(true)).isFalse();
    assertThat(status(unknown, count("card"))).isEqualTo("NOT_FOUND");
  }

  /** The name of a view's first feature, the number of payments. */
  private String count(String view) {
    return Objects.requireNonNull(running.pipeline().features().get(view)).features().get(0).name();
  }

  private static String status(JsonNode answer, String feature) {
    return answer.path("features").path(feature).path("status").asText();
  }

  /** Nothing is published meanwhile, so the right answers stay the same. */
  @Test
  @Order(3)
  void afterAKillEveryAnswerIsRightOr503() throws Exception {
    FeatureClient survivor = clients.get(1);
    List<List<String>> keys = cards.stream().map(List::of).toList();
    Map<String, JsonNode> right = contents(answers(survivor.post("card", keys, "")));
    assertThat(right).hasSize(cards.size());

    instances.get(0).killHard();
    int[] refused = {0};
    Await.condition(
        "the right values of all cards",
        RunningPipeline.TIMEOUT,
        () -> {
          boolean all = true;
          for (List<String> key : keys) {
            Answer answer = survivor.get("card", key, false);
            assertThat(answer.status()).as("%s", answer.body()).isIn(200, 503);
            if (answer.status() == 200) {
              assertThat(content(answer.body())).isEqualTo(right.get(key.get(0)));
            } else {
              refused[0]++;
              all = false;
              Answer copy = survivor.get("card", key, true);
              if (copy.status() == 200) {
                assertThat(content(copy.body())).isEqualTo(right.get(key.get(0)));
              }
            }
          }
          return all;
        });
    assertThat(refused[0]).isPositive();
    instances.get(0).restart();
    instances.get(0).awaitReady();
    awaitCurrent("card", keys);
    System.out.printf(
        "after a kill %d reads were refused until all %d cards had their right values%n",
        refused[0], keys.size());
  }

  private static Map<String, JsonNode> contents(Map<String, JsonNode> answers) {
    Map<String, JsonNode> contents = new HashMap<>();
    answers.forEach((entity, answer) -> contents.put(entity, content(answer)));
    return contents;
  }

  /** What does not change while nothing is published. */
  private static JsonNode content(JsonNode answer) {
    var content = JsonNodeFactory.instance.objectNode();
    for (String field : List.of("found", "newest", "features")) {
      content.set(field, answer.path(field));
    }
    return content;
  }

  /**
   * Reads the quiet shop and checks the status. Its row is too old from the ttl, by event time, to
   * its tombstone, which comes when progress has passed the ttl: how long that is depends on when
   * ingest finds that there are no more payments.
   */
  private String shopStatus(FeatureClient client, long newest) {
    JsonNode shop = client.get("merchant", List.of(QUIET_SHOP), false).body();
    String status = status(shop, count("merchant"));
    long ttlMillis = WINDOW.toMillis() / 2;
    if (shop.path("found").asBoolean()) {
      boolean old = shop.path("age_millis").asLong() > ttlMillis;
      assertThat(status).isEqualTo(old ? "OUTSIDE_MAX_AGE" : "PRESENT");
    } else {
      assertThat(status).isEqualTo("NOT_FOUND");
      assertThat(timeMillis - newest).isGreaterThan(ttlMillis);
    }
    return status;
  }

  /**
   * The quiet card and shop have no payment any more, while the others move event time on: their
   * windows empty hop by hop, then the ttl passes, then they are gone.
   */
  @Test
  @Order(4)
  void aQuietEntityIsReadAsOfNowUntilItIsGone() {
    advance(true);
    long newest = timeMillis;
    Set<String> shopStatuses = new TreeSet<>();
    Set<Map<String, @Nullable Object>> seen = new HashSet<>();
    while (timeMillis < newest + WINDOW.plus(LATENESS).toMillis() - STEP.toMillis()) {
      advance(false);
      if (REAL_TIME) {
        Await.duration(STEP);
      }
      long progress = timeMillis - LATENESS.toMillis();
      for (FeatureClient client : clients) {
        Await.condition(
            "the quiet card as of " + progress,
            RunningPipeline.TIMEOUT,
            () -> {
              Answer answer = client.get("card", List.of(QUIET), false);
              seen.add(values(answer.body()));
              return answer.status() == 200 && isCurrent("card", answer.body(), QUIET, progress);
            });
        shopStatuses.add(shopStatus(client, newest));
      }
    }
    assertThat(shopStatuses).contains("PRESENT");
    for (int i = 0; i < 6; i++) {
      advance(false);
    }
    for (FeatureClient client : clients) {
      for (String view : List.of("card", "merchant", "pair")) {
        List<String> key =
            switch (view) {
              case "card" -> List.of(QUIET);
              case "merchant" -> List.of(QUIET_SHOP);
              default -> List.of(QUIET, QUIET_SHOP);
            };
        Await.condition(
            "the end of " + key,
            RunningPipeline.TIMEOUT,
            () -> !client.get(view, key, false).body().path("found").asBoolean(true));
      }
    }
    System.out.printf(
        "the quiet card had %d different rows in %s, each as recomputed%n", seen.size(), WINDOW);
    assertThat(seen).hasSizeGreaterThan(5);
  }
}
