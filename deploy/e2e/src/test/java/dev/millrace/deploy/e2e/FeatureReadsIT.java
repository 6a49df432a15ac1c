package dev.millrace.deploy.e2e;

import static dev.millrace.deploy.e2e.reads.PaymentStream.QUIET_CARD;
import static dev.millrace.deploy.e2e.reads.PaymentStream.QUIET_SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.deploy.e2e.pipeline.Await;
import dev.millrace.deploy.e2e.pipeline.FeatureClient;
import dev.millrace.deploy.e2e.pipeline.FeatureClient.Answer;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.deploy.e2e.reads.FeatureAnswer;
import dev.millrace.deploy.e2e.reads.QuietEntity;
import dev.millrace.deploy.e2e.reads.ReadPlatform;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Features read over HTTP from two instances of inference, of which one is killed, and those of an
 * entity that has no events any more.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@SuppressWarnings("NullAway.Init") // JUnit calls start first.
class FeatureReadsIT {
  private ReadPlatform platform;

  @BeforeAll
  void start(@TempDir Path dir) throws Exception {
    platform = new ReadPlatform(dir, QuietEntity.STEP);
  }

  @AfterAll
  void stop() {
    if (platform != null) {
      platform.close();
    }
  }

  @Test
  @Order(1)
  void everyKeyIsReadThroughEitherInstance() {
    for (int i = 0; i < 6; i++) {
      platform.payments().advance(true);
    }
    List<List<String>> cards = platform.payments().cards();
    List<List<String>> shops = platform.payments().shops();
    List<List<String>> pairs = new ArrayList<>(platform.payments().lastPairs());
    pairs.add(List.of(QUIET_CARD, QUIET_SHOP));
    platform.awaitCurrent("card", cards);
    platform.awaitCurrent("merchant", shops);
    platform.awaitCurrent("pair", pairs);

    Set<String> own = new TreeSet<>();
    for (FeatureClient client : platform.clients()) {
      assertThat(FeatureAnswer.byEntity(client.post("card", cards, ""))).hasSize(cards.size());
      Set<String> here =
          FeatureAnswer.byEntity(client.post("card", cards, "millrace.reads.inference")).keySet();
      assertThat(here).as("cards in the partitions of the instance").isNotEmpty();
      assertThat(own).doesNotContainAnyElementsOf(here);
      own.addAll(here);
    }
    assertThat(own).hasSize(cards.size());
    System.out.printf(
        "%d cards, %d shops and %d pairs are read through either of two instances%n",
        cards.size(), shops.size(), pairs.size());
  }

  @Test
  @Order(2)
  void wrongRequestsAreRefused() {
    FeatureClient client = platform.clients().get(0);
    assertThat(client.get("cart", List.of("x"), false).status()).isEqualTo(404);
    assertThat(client.get("cart", List.of("x"), false).body().path("message").asText())
        .contains("'card'");
    assertThat(client.get("pair", List.of("x"), false).status()).isEqualTo(400);
    JsonNode unknown = client.get("card", List.of("nobody"), false).body();
    assertThat(unknown.path("found").asBoolean(true)).isFalse();
    assertThat(FeatureAnswer.status(unknown, platform.count("card"))).isEqualTo("NOT_FOUND");
  }

  /** Nothing is published meanwhile, so the right answers stay the same. */
  @Test
  @Order(3)
  void afterAKillEveryAnswerIsRightOr503() throws Exception {
    FeatureClient survivor = platform.clients().get(1);
    List<List<String>> keys = platform.payments().cards();
    Map<String, JsonNode> right = contents(FeatureAnswer.byEntity(survivor.post("card", keys, "")));
    assertThat(right).hasSize(keys.size());

    platform.instances().get(0).killHard();
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
              assertThat(FeatureAnswer.content(answer.body())).isEqualTo(right.get(key.get(0)));
            } else {
              refused[0]++;
              all = false;
              Answer copy = survivor.get("card", key, true);
              if (copy.status() == 200) {
                assertThat(FeatureAnswer.content(copy.body())).isEqualTo(right.get(key.get(0)));
              }
            }
          }
          return all;
        });
    assertThat(refused[0]).isPositive();
    platform.instances().get(0).restart();
    platform.instances().get(0).awaitReady();
    platform.awaitCurrent("card", keys);
    System.out.printf(
        "after a kill %d reads were refused until all %d cards had their right values%n",
        refused[0], keys.size());
  }

  @Test
  @Order(4)
  void aQuietEntityIsReadAsOfNowUntilItIsGone() {
    new QuietEntity(platform).checkUntilItIsGone();
  }

  private static Map<String, JsonNode> contents(Map<String, JsonNode> answers) {
    Map<String, JsonNode> contents = new HashMap<>();
    answers.forEach((entity, answer) -> contents.put(entity, FeatureAnswer.content(answer)));
    return contents;
  }
}
