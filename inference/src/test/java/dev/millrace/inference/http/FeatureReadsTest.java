package dev.millrace.inference.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.millrace.inference.http.FeatureReads.KeyAnswer;
import dev.millrace.inference.rows.EventTimes;
import dev.millrace.inference.rows.ViewStore;
import java.net.ConnectException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that begin with {@code here} are in partition 0 of this instance, others in 1 elsewhere. */
class FeatureReadsTest {
  private static final Host SELF = new Host("self", 1);
  private static final Host OTHER = new Host("other", 2);
  private static final Host STANDBY = new Host("standby", 3);
  private static final Instant NOW = Instant.parse("2026-01-05T12:00:00Z");
  private static final long AS_OF = Instant.parse("2001-01-31T10:00:00Z").toEpochMilli();
  private static final long NEWEST = AS_OF - Duration.ofMinutes(20).toMillis();

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @SuppressWarnings("NullAway.Init")
  private FlightViews views;

  @SuppressWarnings("NullAway.Init")
  private FeatureReads reads;

  private final Map<String, byte[]> rows = new HashMap<>();
  private final Set<Integer> writtenHere = new HashSet<>(Set.of(0));
  private final Set<Integer> copiedHere = new HashSet<>(Set.of(0));
  private final Set<Host> down = new HashSet<>();
  private final List<String> asked = new ArrayList<>();
  private final EventTimes times = new EventTimes();

  @BeforeEach
  void create() {
    views = new FlightViews(directory);
    reads =
        new FeatureReads(
            SELF,
            new Stores(),
            new RowDecoder(views.pipeline, views.registry),
            times,
            this::forward,
            () -> NOW);
    rows.put("here", views.stored("origin", AS_OF, NEWEST, Map.of("late_3h", 4L)));
  }

  private final class Stores implements RowStores {
    @Override
    public Location locate(ViewStore view, byte[] entity) throws Unavailable {
      String text = new String(entity, UTF_8);
      if (view.isReplicated()) {
        return new Location(EVERY_PARTITION, SELF, List.of());
      }
      if (text.equals("nowhere")) {
        throw new Unavailable("rebalancing");
      }
      return text.startsWith("here")
          ? new Location(0, SELF, List.of(STANDBY))
          : new Location(1, OTHER, List.of(SELF, STANDBY));
    }

    @Override
    public byte @Nullable [] newest(ViewStore view, int partition, byte[] entity)
        throws Unavailable {
      return read(partition == EVERY_PARTITION || writtenHere.contains(partition), entity);
    }

    @Override
    public byte @Nullable [] copy(ViewStore view, int partition, byte[] entity) throws Unavailable {
      return read(copiedHere.contains(partition), entity);
    }

    private byte @Nullable [] read(boolean isHere, byte[] entity) throws Unavailable {
      if (!isHere) {
        throw new Unavailable("restoring origin-entities: 41 %");
      }
      return rows.get(new String(entity, UTF_8));
    }
  }

  private CompletableFuture<List<JsonNode>> forward(
      Host host, ReadRequest request, List<Integer> keys) {
    asked.add(host + " " + keys.stream().map(request::entity).toList());
    if (down.contains(host)) {
      return CompletableFuture.failedFuture(new ConnectException("refused"));
    }
    return CompletableFuture.completedFuture(
        keys.stream().map(key -> result(request.entity(key))).toList());
  }

  private static JsonNode result(String entity) {
    var json = JsonNodeFactory.instance.objectNode().put("entity", entity);
    return entity.equals("moving")
        ? json.put("error", "UNAVAILABLE").put("message", "not here")
        : json;
  }

  @Test
  void aRowHereIsAnsweredAsOfItsTime() {
    times.set(0, AS_OF + Duration.ofHours(1).toMillis());
    JsonNode answer = found(read(false, "here"));
    assertThat(answer.path("entity").asText()).isEqualTo("here");
    assertThat(answer.path("as_of").asText()).isEqualTo("2001-01-31T10:00:00Z");
    assertThat(answer.path("newest").asText()).isEqualTo("2001-01-31T09:40:00Z");
    assertThat(answer.path("event_time").asText()).isEqualTo("2001-01-31T11:00:00Z");
    assertThat(answer.path("age_millis").asLong()).isEqualTo(Duration.ofMinutes(80).toMillis());
    assertThat(answer.path("wall_clock_age_millis").asLong())
        .isEqualTo(NOW.toEpochMilli() - NEWEST);
    assertThat(answer.path("stale").asBoolean()).isFalse();
    assertThat(feature(answer, "late_3h")).isEqualTo("4/PRESENT");
    assertThat(feature(answer, "delay_minutes_avg_3h")).isEqualTo("null/NULL_VALUE");
    assertThat(asked).isEmpty();
  }

  @Test
  void theTtlIsJudgedByEventTime() {
    times.set(0, NEWEST + Duration.ofDays(2).toMillis());
    assertThat(feature(found(read(false, "here")), "late_3h")).isEqualTo("4/PRESENT");
    times.set(0, NEWEST + Duration.ofDays(2).toMillis() + 1);
    assertThat(feature(found(read(false, "here")), "late_3h")).isEqualTo("null/OUTSIDE_MAX_AGE");
  }

  @Test
  void anEntityWithoutARowIsAnAnswer() {
    JsonNode answer = found(read(false, "here too"));
    assertThat(answer.path("found").asBoolean(true)).isFalse();
    assertThat(answer.path("as_of").isNull()).isTrue();
    assertThat(answer.path("event_time").isNull()).isTrue();
    assertThat(feature(answer, "late_3h")).isEqualTo("null/NOT_FOUND");
  }

  @Test
  void keysOfOtherInstancesAreAskedForTogetherAndKeepTheirOrder() {
    List<KeyAnswer> answers = read("a", "here", "moving", "nowhere", "b");
    assertThat(asked).containsExactly("other:2 [a, moving, b]");
    assertThat(found(answers.get(0)).path("entity").asText()).isEqualTo("a");
    assertThat(found(answers.get(1)).path("entity").asText()).isEqualTo("here");
    assertThat(reason(answers.get(2))).isEqualTo("the row is at other:2: not here");
    assertThat(reason(answers.get(3))).isEqualTo("rebalancing");
    assertThat(found(answers.get(4)).path("entity").asText()).isEqualTo("b");
  }

  @Test
  void aForwardedRequestIsNotSentOn() {
    KeyAnswer answer = reads.read(request("origin", false, true, "a")).get(0);
    assertThat(reason(answer)).contains("restoring origin-entities");
    assertThat(asked).isEmpty();
  }

  @Test
  void aRestoringStoreOrAnInstanceThatIsDownIsNotReady() {
    writtenHere.clear();
    assertThat(reason(read(false, "here"))).contains("restoring origin-entities: 41 %");
    down.add(OTHER);
    assertThat(reason(read(false, "a"))).contains("other:2", "refused");
  }

  /** After a restart under a new address, the group names the old one. */
  @Test
  void aPartitionThatIsHereIsReadHereWhicheverInstanceIsNamed() {
    writtenHere.add(1);
    rows.put("a", views.stored("origin", AS_OF, NEWEST, Map.of()));
    assertThat(found(read(false, "a")).path("found").asBoolean()).isTrue();
    assertThat(asked).isEmpty();
  }

  @Test
  void aCopyAnswersOnlyIfAskedFor() {
    down.add(OTHER);
    copiedHere.add(1);
    rows.put("a", views.stored("origin", AS_OF, NEWEST, Map.of("late_3h", 4L)));
    assertThat(reason(read(false, "a"))).contains("refused");
    JsonNode answer = found(read(true, "a"));
    assertThat(answer.path("stale").asBoolean()).isTrue();
    assertThat(feature(answer, "late_3h")).isEqualTo("4/PRESENT");
    copiedHere.remove(1);
    asked.clear();
    assertThat(found(read(true, "a")).path("entity").asText()).isEqualTo("a");
    assertThat(asked).containsExactly("other:2 [a]", "standby:3 [a]");
  }

  @Test
  void everyInstanceHasTheRowsOfAReplicatedView() {
    rows.put("SFO|東", views.stored("route", AS_OF, NEWEST, Map.of("count_3h", 2L)));
    ReadRequest request =
        new ReadRequest(
            views.view("route"),
            List.of(List.of("SFO", "東")),
            views.view("route").view().features(),
            false,
            false);
    times.set(3, AS_OF + 1_000);
    JsonNode answer = found(reads.read(request).get(0));
    assertThat(feature(answer, "count_3h")).isEqualTo("2/PRESENT");
    assertThat(answer.path("key").path("destination").asText()).isEqualTo("東");
    assertThat(answer.path("event_time").asText()).isEqualTo("2001-01-31T10:00:01Z");
  }

  private KeyAnswer read(boolean stale, String key) {
    return reads.read(request("origin", stale, false, key)).get(0);
  }

  private List<KeyAnswer> read(String... keys) {
    return reads.read(request("origin", false, false, keys));
  }

  private ReadRequest request(String view, boolean stale, boolean forwarded, String... keys) {
    return new ReadRequest(
        views.view(view),
        List.of(keys).stream().map(List::of).toList(),
        views.view(view).view().features(),
        stale,
        forwarded);
  }

  private static JsonNode found(KeyAnswer answer) {
    assertThat(answer).isInstanceOf(KeyAnswer.Found.class);
    return ((KeyAnswer.Found) answer).json();
  }

  private static String reason(KeyAnswer answer) {
    assertThat(answer).isInstanceOf(KeyAnswer.NotReady.class);
    return ((KeyAnswer.NotReady) answer).reason();
  }

  private static String feature(JsonNode answer, String name) {
    JsonNode feature = answer.path("features").path(name);
    return feature.path("value").asText() + "/" + feature.path("status").asText();
  }
}
