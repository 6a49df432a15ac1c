package dev.millrace.ingest.producer.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowMergeTest {
  private record Event(int file, long second, long id) {}

  @Property(tries = 50)
  void mergedRowsEqualAStableSortOfAllRows(
      @ForAll @Size(max = 4) List<@Size(max = 20) List<@LongRange(min = 0, max = 30) Long>> files)
      throws IOException, RejectedRow {
    List<Event> expected = new ArrayList<>();
    List<SourceRows> opened = new ArrayList<>();
    Path directory = Files.createTempDirectory("merge");
    try {
      long id = 0;
      for (int file = 0; file < files.size(); file++) {
        StringBuilder contents = new StringBuilder(Flights.HEADER);
        for (long second : files.get(file).stream().sorted().toList()) {
          expected.add(new Event(file, second, id));
          contents.append(Flights.row(id++, second));
        }
        opened.add(open(directory, file + ".csv", contents.toString()));
      }
      expected.sort(Comparator.comparingLong(Event::second).thenComparingInt(Event::file));

      assertThat(ids(new RowMerge(opened))).isEqualTo(expected.stream().map(Event::id).toList());
      for (SourceRows rows : opened) {
        rows.close();
      }
    } finally {
      delete(directory);
    }
  }

  @Test
  void aRejectedRowIsReportedAfterAllRowsBeforeIt(@TempDir Path directory)
      throws IOException, RejectedRow {
    try (SourceRows a = open(directory, "a.csv", Flights.HEADER + Flights.row(1, 1) + "bad\n");
        SourceRows b = open(directory, "b.csv", Flights.HEADER + Flights.row(2, 0))) {
      RowMerge merge = new RowMerge(List.of(a, b));

      assertThat(id(merge.next())).isEqualTo(2L);
      assertThat(id(merge.next())).isEqualTo(1L);
      assertThatThrownBy(merge::next)
          .isInstanceOf(RejectedRow.class)
          .hasMessageContaining("a.csv:3");
    }
  }

  private static SourceRows open(Path directory, String name, String contents)
      throws IOException, RejectedRow {
    InputFile file = Flights.file(directory, name, contents);
    return new SourceRows(
        file,
        Flights.source("departures"),
        new RejectedRowPolicy(false, System.err),
        new ByteCount());
  }

  private static List<Long> ids(RowMerge merge) throws IOException, RejectedRow {
    List<Long> ids = new ArrayList<>();
    for (Row row = merge.next(); row != null; row = merge.next()) {
      ids.add(id(row));
    }
    return ids;
  }

  private static long id(@org.jspecify.annotations.Nullable Row row) {
    return (Long) java.util.Objects.requireNonNull(row).record().get("flight_id");
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
