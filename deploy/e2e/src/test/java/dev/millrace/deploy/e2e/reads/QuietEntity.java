package dev.millrace.deploy.e2e.reads;

import static dev.millrace.deploy.e2e.reads.PaymentStream.QUIET_CARD;
import static dev.millrace.deploy.e2e.reads.PaymentStream.QUIET_SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.deploy.e2e.pipeline.Await;
import dev.millrace.deploy.e2e.pipeline.FeatureClient;
import dev.millrace.deploy.e2e.pipeline.FeatureClient.Answer;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.schemas.pipeline.Durations;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads of an entity that has no events any more, while event time moves on. {@code
 * -Dmillrace.reads.window=10m} has windows of that length, and publishes in real time.
 */
public final class QuietEntity {
  private static final boolean REAL_TIME = System.getProperty("millrace.reads.window") != null;
  private static final Duration WINDOW =
      Objects.requireNonNull(Durations.parse(System.getProperty("millrace.reads.window", "12s")));

  /** A window has twelve steps. */
  public static final Duration STEP = WINDOW.dividedBy(12);

  /** The pipeline's lateness: progress is behind the newest payment by as much. */
  private static final Duration LATENESS = STEP;

  /** The keys of the entities that are quiet, by view. */
  private static final Map<String, List<String>> QUIET =
      Map.of(
          "card", List.of(QUIET_CARD),
          "merchant", List.of(QUIET_SHOP),
          "pair", List.of(QUIET_CARD, QUIET_SHOP));

  private final ReadPlatform platform;
  private final Set<String> shopStatuses = new TreeSet<>();
  private final Set<Map<String, @Nullable Object>> seen = new HashSet<>();

  public QuietEntity(ReadPlatform platform) {
    this.platform = platform;
  }

  /**
   * The quiet card and shop have no payment any more, while the others move event time on: their
   * windows empty hop by hop, then the ttl passes, then they are gone.
   */
  public void checkUntilItIsGone() {
    PaymentStream payments = platform.payments();
    for (int i = 0; i < 7; i++) {
      payments.advance(true);
    }
    QUIET.forEach((view, key) -> platform.awaitCurrent(view, List.of(key)));
    long newest = payments.timeMillis();
    while (payments.timeMillis() < newest + WINDOW.plus(LATENESS).minus(STEP).toMillis()) {
      payments.advance(false);
      if (REAL_TIME) {
        Await.duration(STEP);
      }
      readAsOfNow(newest);
    }
    assertThat(shopStatuses).contains("PRESENT");
    for (int i = 0; i < 6; i++) {
      payments.advance(false);
    }
    awaitEnd();
    System.out.printf(
        "the quiet card had %d different rows in %s, each as recomputed%n", seen.size(), WINDOW);
    assertThat(seen).hasSizeGreaterThan(5);
  }

  private void readAsOfNow(long newest) {
    PaymentStream payments = platform.payments();
    long progress = payments.timeMillis() - LATENESS.toMillis();
    for (FeatureClient client : platform.clients()) {
      Await.condition(
          "the quiet card as of " + progress,
          RunningPipeline.TIMEOUT,
          () -> {
            Answer answer = client.get("card", List.of(QUIET_CARD), false);
            seen.add(FeatureAnswer.values(answer.body()));
            return answer.status() == 200
                && payments.isCurrent("card", answer.body(), QUIET_CARD, progress);
          });
      shopStatuses.add(shopStatus(client, newest));
    }
  }

  /**
   * Reads the quiet shop and checks the status. Its row is too old from the ttl, by event time, to
   * its tombstone, which comes when progress has passed the ttl: how long that is depends on when
   * ingest finds that there are no more payments.
   */
  private String shopStatus(FeatureClient client, long newest) {
    JsonNode shop = client.get("merchant", List.of(QUIET_SHOP), false).body();
    String status = FeatureAnswer.status(shop, platform.count("merchant"));
    long ttlMillis = WINDOW.toMillis() / 2;
    if (FeatureAnswer.isFound(shop)) {
      boolean old = shop.path("age_millis").asLong() > ttlMillis;
      assertThat(status).isEqualTo(old ? "OUTSIDE_MAX_AGE" : "PRESENT");
    } else {
      assertThat(status).isEqualTo("NOT_FOUND");
      assertThat(platform.payments().timeMillis() - newest).isGreaterThan(ttlMillis);
    }
    return status;
  }

  private void awaitEnd() {
    for (FeatureClient client : platform.clients()) {
      QUIET.forEach(
          (view, key) ->
              Await.condition(
                  "the end of " + key,
                  RunningPipeline.TIMEOUT,
                  () -> !client.get(view, key, false).body().path("found").asBoolean(true)));
    }
  }
}
