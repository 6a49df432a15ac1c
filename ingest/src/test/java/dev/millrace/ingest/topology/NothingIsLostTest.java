package dev.millrace.ingest.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.pipeline.LatePolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.Size;

/** Every record has exactly one result, which a simple model computes. */
class NothingIsLostTest {

  /** One record of a producer. */
  sealed interface Sent {
    /**
     * @param agoSeconds how far the event time is behind the wall clock
     */
    record Good(int id, String account, int agoSeconds) implements Sent {}

    record Bad(BadInput input) implements Sent {}

    /** No record; the time advances. */
    record Pause(int minutes) implements Sent {}
  }

  /** Computes the expected results with lists and maps from which nothing is removed. */
  private static final class Model {
    final List<String> clean = new ArrayList<>();
    final List<String> late = new ArrayList<>();
    final List<String> dead = new ArrayList<>();
    int duplicates;
    private final Map<String, Instant> seen = new HashMap<>();
    private final Map<String, Instant> recent = new LinkedHashMap<>();
    private Instant clock = Instant.EPOCH;

    void take(String id, Instant time, Instant now) {
      boolean isLate = time.isBefore(clock.minus(ShopPayments.LATENESS));
      follow(id, time);
      Instant before = seen.get(id);
      if (before != null && before.plus(Duration.ofHours(1)).isAfter(now)) {
        duplicates++;
        return;
      }
      seen.put(id, now);
      (isLate ? late : clean).add(id);
    }

    /** The clock is the newest time that three different events in a row have reached. */
    private void follow(String id, Instant time) {
      Instant before = recent.remove(id);
      recent.put(id, before != null && before.isBefore(time) ? before : time);
      List<Instant> times = List.copyOf(recent.values());
      if (before == null && times.size() >= 3) {
        Instant reached = Collections.min(times.subList(times.size() - 3, times.size()));
        clock = reached.isAfter(clock) ? reached : clock;
      }
      if (times.size() > 2) {
        recent.remove(recent.keySet().iterator().next());
      }
    }
  }

  @Property(tries = 40)
  void everyRecordHasTheResultOfTheModel(
      @ForAll("histories") @Size(max = 60) List<Sent> history, @ForAll boolean oftenMisplaced) {
    Model model = new Model();
    int records = 0;
    try (IngestHarness ingest =
        new IngestHarness(ShopPayments.pipeline(oftenMisplaced ? 7 : 1, LatePolicy.TOPIC))) {
      AvroEncoder encoder = new AvroEncoder(ingest.schemaId, ShopPayments.SCHEMA);
      Instant now = ShopPayments.NOON;
      for (Sent sent : history) {
        if (sent instanceof Sent.Pause pause) {
          ingest.advance(Duration.ofMinutes(pause.minutes));
          now = now.plus(Duration.ofMinutes(pause.minutes));
        } else if (sent instanceof Sent.Bad bad) {
          records++;
          ingest.send(bad.input.bytes().make(ingest.registry, encoder));
          model.dead.add(bad.input.code().name());
        } else if (sent instanceof Sent.Good good) {
          records++;
          Instant time = now.minusSeconds(good.agoSeconds);
          ingest.send(ShopPayments.payment("p" + good.id, good.account, time));
          model.take("p" + good.id, time, now);
        }
      }
      assertEnds(ingest, model, records);
    }
  }

  private static void assertEnds(IngestHarness ingest, Model model, int records) {
    List<String> clean = ingest.ids(ShopPayments.CLEAN);
    List<String> late = ingest.ids(ShopPayments.LATE);
    List<String> dead =
        ingest.read(ShopPayments.DEAD_LETTERS).stream()
            .map(letter -> IngestHarness.header(letter, "millrace.error.code"))
            .toList();
    assertThat(clean).isEqualTo(model.clean);
    assertThat(late).isEqualTo(model.late);
    assertThat(dead).isEqualTo(model.dead);
    assertThat(ingest.count(IngestResult.DUPLICATE, "")).isEqualTo(model.duplicates);
    assertThat(clean.size() + late.size() + dead.size() + model.duplicates).isEqualTo(records);
    assertThat(ingest.count(IngestResult.ACCEPTED, "")).isEqualTo(clean.size());
    assertThat(ingest.count(IngestResult.LATE, "")).isEqualTo(late.size());
    double counted = 0;
    for (RejectionCode code : RejectionCode.values()) {
      counted += ingest.count(IngestResult.DEAD_LETTER, code.name());
    }
    assertThat(counted).isEqualTo(dead.size());
  }

  @Property(tries = 20)
  void cleanIdsAreUniqueWithinAnHour(@ForAll("goodOnes") @Size(max = 80) List<Sent.Good> events) {
    try (IngestHarness ingest = new IngestHarness(ShopPayments.pipeline(7, LatePolicy.SCORE))) {
      for (Sent.Good good : events) {
        ingest.send(
            ShopPayments.payment(
                "p" + good.id, good.account, ShopPayments.NOON.minusSeconds(good.agoSeconds)));
      }
      List<String> ids = ingest.ids(ShopPayments.CLEAN);
      assertThat(ids).doesNotHaveDuplicates();
      assertThat(new HashSet<>(ids))
          .hasSize((int) events.stream().map(Sent.Good::id).distinct().count());
    }
  }

  /** An id always has the same account. There are few ids, so that many events are sent again. */
  @Provide
  Arbitrary<Sent.Good> goodOne() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 12), Arbitraries.integers().between(0, 900))
        .as((id, ago) -> new Sent.Good(id, "account " + id % 5, ago));
  }

  @Provide
  Arbitrary<List<Sent.Good>> goodOnes() {
    return goodOne().list();
  }

  @Provide
  Arbitrary<List<Sent>> histories() {
    Arbitrary<Sent> bad = Arbitraries.of(instantlyBad()).map(Sent.Bad::new);
    Arbitrary<Sent> pause = Arbitraries.integers().between(1, 40).map(Sent.Pause::new);
    return Arbitraries.frequencyOf(
            Tuple.of(6, goodOne().map(good -> (Sent) good)), Tuple.of(2, bad), Tuple.of(1, pause))
        .list();
  }

  /** Excludes look-ups that need several calls, and a time that depends on the wall clock. */
  private static List<BadInput> instantlyBad() {
    return BadInput.all().stream()
        .filter(input -> input.code() != RejectionCode.SCHEMA_UNKNOWN)
        .filter(input -> input.code() != RejectionCode.SUBJECT_MISMATCH)
        .filter(input -> !input.what().equals("just too far ahead"))
        .toList();
  }
}
