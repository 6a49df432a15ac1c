package dev.millrace.drift.window;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.Shop;
import dev.millrace.drift.ShopReferences;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.ReferenceId;
import dev.millrace.drift.profile.Slicer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OpenWindowsTest {
  private static final ReferenceId REFERENCE = ShopReferences.referenceSet().id();
  private static final List<Reference> FEATURES = ShopReferences.referenceSet().references();
  private static final int SUBTASKS = 8;
  private static final int CHECKPOINTS = 5;
  private static final int SIZE = 40;

  private final CountingStore store = new CountingStore();

  /** Each write is one encoding of the window's profiles, and each read one decoding. */
  @Test
  void encodesAWindowOncePerCheckpointForAnyNumberOfPartials() {
    OpenWindows windows = new OpenWindows(REFERENCE, FEATURES, Slicer.EMPTY, store);
    WindowCounts direct = new WindowCounts(FEATURES);
    for (int checkpoint = 0; checkpoint < CHECKPOINTS; checkpoint++) {
      for (int subtask = 0; subtask < SUBTASKS; subtask++) {
        WindowPartial partial = partial(0, checkpoint * SUBTASKS + subtask);
        windows.add(partial);
        direct.add(partial);
      }
      windows.flush();
    }

    WindowCounts sum = Objects.requireNonNull(windows.close(0));
    assertThat(store.writes).isEqualTo(CHECKPOINTS);
    assertThat(store.reads).isEqualTo(1); // Before the first partial: nothing is stored yet.
    assertThat(bytes(sum, 0)).isEqualTo(bytes(direct, 0));
    assertThat(store.stored).isEmpty();
  }

  /** A backlog whose partitions are far apart opens many windows before a checkpoint. */
  @Test
  void manyOpenWindowsAreNotAllKeptDecodedBetweenFlushes() {
    OpenWindows windows = new OpenWindows(REFERENCE, FEATURES, Slicer.EMPTY, store);
    int count = 3 * OpenWindows.MOST_DECODED_BETWEEN_FLUSHES;
    for (int round = 0; round < 2; round++) {
      for (int window = 0; window < count; window++) {
        windows.add(partial(window, window));
        assertThat(windows.decoded()).isLessThanOrEqualTo(OpenWindows.MOST_DECODED_BETWEEN_FLUSHES);
      }
    }

    for (int window = 0; window < count; window++) {
      WindowCounts counts = Objects.requireNonNull(windows.close(window * Shop.WINDOW));
      assertThat(counts.samples()).isEqualTo(2 * SIZE);
    }
  }

  @Test
  void doesNotEncodeAnUnchangedWindowAgain() {
    OpenWindows windows = new OpenWindows(REFERENCE, FEATURES, Slicer.EMPTY, store);
    windows.add(partial(0, 1));
    windows.flush();
    windows.flush();

    assertThat(store.writes).isEqualTo(1);
  }

  @Test
  void aFlushKeepsOnlyTheNewestWindowsDecoded() {
    OpenWindows windows = new OpenWindows(REFERENCE, FEATURES, Slicer.EMPTY, store);
    int count = OpenWindows.MOST_DECODED + 3;
    for (int window = 0; window < count; window++) {
      windows.add(partial(window, window));
    }
    windows.flush();
    store.reads = 0;
    for (int window = 0; window < count; window++) {
      WindowCounts counts = Objects.requireNonNull(windows.close(window * Shop.WINDOW));
      assertThat(counts.samples()).isEqualTo(SIZE);
    }

    assertThat(store.reads).isEqualTo(3);
  }

  @Test
  void addsToWindowsOfAnEarlierRun() {
    OpenWindows before = new OpenWindows(REFERENCE, FEATURES, Slicer.EMPTY, store);
    before.add(partial(0, 1));
    before.flush();
    OpenWindows after = new OpenWindows(REFERENCE, FEATURES, Slicer.EMPTY, store);
    after.add(partial(0, 2));

    WindowCounts whole = new WindowCounts(FEATURES).add(partial(0, 1)).add(partial(0, 2));
    assertThat(bytes(Objects.requireNonNull(after.close(0)), 0)).isEqualTo(bytes(whole, 0));
    assertThat(after.close(0)).isNull();
  }

  private static WindowPartial partial(long window, int seed) {
    PredictionExtractor values =
        new PredictionExtractor(Shop.PREDICTION, ShopReferences.referenceSet().features());
    WindowCounts counts = new WindowCounts(FEATURES);
    for (GenericRecord prediction : Shop.window(seed * Shop.WINDOW, SIZE, 0)) {
      counts.add(
          values.of(prediction),
          PredictionExtractor.partition(prediction),
          PredictionExtractor.offset(prediction));
    }
    return counts.toPartial(REFERENCE, window * Shop.WINDOW);
  }

  private static List<String> bytes(WindowCounts counts, long startMillis) {
    WindowPartial partial = counts.toPartial(REFERENCE, startMillis);
    return partial.profiles().stream().map(java.util.Arrays::toString).toList();
  }

  private static final class CountingStore implements OpenWindows.Store {
    private final Map<Long, WindowPartial> stored = new HashMap<>();
    private int reads;
    private int writes;

    @Override
    public @Nullable WindowPartial get(long startMillis) {
      reads++;
      return stored.get(startMillis);
    }

    @Override
    public void put(WindowPartial window) {
      writes++;
      stored.put(window.startMillis(), window);
    }

    @Override
    public void remove(long startMillis) {
      stored.remove(startMillis);
    }
  }
}
