package dev.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.WindowStore;

class SeenIdsTest {

  /**
   * @param laterMillis than the look-up before
   */
  record LookUp(String id, long laterMillis) {}

  @Property(tries = 20)
  void answersAsAMapOfLastTimesDoes(
      @ForAll("lookUps") @Size(max = 100) List<LookUp> lookUps,
      @ForAll @LongRange(min = 1, max = 200_000) long periodMillis)
      throws IOException {
    Duration period = Duration.ofMillis(periodMillis);
    Path dir = Files.createTempDirectory("seen");
    WindowStore<String, Long> store = SeenIds.store("seen", period).withLoggingDisabled().build();
    try {
      MockProcessorContext<Void, Void> context =
          new MockProcessorContext<>(new Properties(), new TaskId(0, 0), dir.toFile());
      store.init(context.getStateStoreContext(), store);
      SeenIds seen = new SeenIds(store, period);
      Map<String, Long> twin = new HashMap<>();
      long now = 1_000_000;
      for (LookUp lookUp : lookUps) {
        now += lookUp.laterMillis;
        Long before = twin.get(lookUp.id);
        boolean isNew = before == null || now - before >= periodMillis;
        if (isNew) {
          twin.put(lookUp.id, now);
        }
        assertThat(seen.isNew(lookUp.id, now)).isEqualTo(isNew);
      }
    } finally {
      store.close();
      Utils.delete(dir.toFile());
    }
  }

  @Provide
  Arbitrary<List<LookUp>> lookUps() {
    return Combinators.combine(
            Arbitraries.of("a", "b", "c", "d", "e"),
            Arbitraries.longs().between(0, 100_000).edgeCases(edges -> edges.add(0L, 1L)))
        .as(LookUp::new)
        .list();
  }
}
