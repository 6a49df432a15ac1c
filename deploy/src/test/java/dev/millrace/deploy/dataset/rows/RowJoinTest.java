package dev.millrace.deploy.dataset.rows;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/** Compared with a join in memory. */
class RowJoinTest {
  private static final long FROM = 100;
  private static final long TO = 200;

  private record Prediction(String id, long time, double amount, boolean complete) {}

  private record Label(String id, long time, double value) {}

  private record Expected(
      String id, long time, double amount, boolean complete, @Nullable Double label) {}

  /** Few ids and times, so that ids repeat, times are equal, and labels have no prediction. */
  @Property(tries = 60)
  void equalsTheTwin(
      @ForAll long seed,
      @ForAll @IntRange(max = 400) int size,
      @ForAll @IntRange(max = 400_000) int expectedRecords,
      @ForAll boolean completeOnly,
      @ForAll boolean unlabelled)
      throws IOException {
    Random random = new Random(seed);
    List<Prediction> predictions = new ArrayList<>();
    List<Label> labels = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int id = random.nextInt(200);
      // The time of an event is always the same, also in a repeated record.
      predictions.add(new Prediction("e" + id, time(id), random.nextInt(9), random.nextInt(3) > 0));
      int labelled = random.nextInt(300);
      labels.add(new Label("e" + labelled, time(labelled), random.nextInt(2)));
    }
    Selection selection =
        new Selection(
            Instant.ofEpochMilli(FROM), Instant.ofEpochMilli(TO), false, completeOnly, unlabelled);

    List<Expected> rows = new ArrayList<>();
    Counts counts = join(predictions, labels, selection, expectedRecords, rows);

    assertThat(rows).isEqualTo(expected(predictions, labels, selection));
    assertThat(counts.rows()).isEqualTo(rows.size());
    long left =
        counts.predictions()
            - counts.repeated()
            - (unlabelled ? 0 : counts.unlabelled())
            - (completeOnly ? counts.incomplete() : 0);
    assertThat(left).isEqualTo(counts.rows());
    assertThat(counts.undecodable()).isEqualTo(7);
  }

  /** A third of the events is before, within and after the period; several have the same time. */
  private static long time(int id) {
    return 50L + id % 100 * 2L;
  }

  private static Counts join(
      List<Prediction> predictions,
      List<Label> labels,
      Selection selection,
      int expectedRecords,
      List<Expected> rows)
      throws IOException {
    Path directory = Files.createTempDirectory("join");
    try (RowJoin join = new RowJoin(directory, Samples.COLUMNS, selection, expectedRecords)) {
      for (Prediction one : predictions) {
        join.prediction(Samples.prediction(one.id, one.time, one.amount, one.complete));
      }
      for (Label one : labels) {
        join.label(Samples.label(one.id, one.time, one.value));
      }
      return join.finish(row -> rows.add(row(row)), 7);
    } finally {
      delete(directory);
    }
  }

  private static Expected row(byte[] row) {
    return new Expected(
        (String) required(row, "event_id"),
        (Long) required(row, "event_time"),
        (Double) required(row, "inputs.amount"),
        (Boolean) required(row, "complete"),
        (Double) Samples.value(row, "label"));
  }

  private static Object required(byte[] row, String column) {
    return Objects.requireNonNull(Samples.value(row, column), column);
  }

  private static List<Expected> expected(
      List<Prediction> predictions, List<Label> labels, Selection selection) {
    Map<String, Prediction> newest = new LinkedHashMap<>();
    predictions.forEach(prediction -> newest.put(prediction.id, prediction));
    Map<String, Double> values = new LinkedHashMap<>();
    labels.forEach(label -> values.put(label.id, label.value));
    return newest.values().stream()
        .filter(prediction -> prediction.time >= FROM && prediction.time < TO)
        .filter(prediction -> prediction.complete || !selection.completeOnly())
        .filter(prediction -> values.containsKey(prediction.id) || selection.unlabelled())
        .sorted(Comparator.comparing(Prediction::time).thenComparing(Prediction::id))
        .map(
            prediction ->
                new Expected(
                    prediction.id,
                    prediction.time,
                    prediction.amount,
                    prediction.complete,
                    values.get(prediction.id)))
        .toList();
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
