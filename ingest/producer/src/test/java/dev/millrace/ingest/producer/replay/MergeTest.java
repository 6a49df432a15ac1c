package dev.millrace.ingest.producer.replay;

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

class MergeTest {
  private record Event(int file, long second, long id) {}

  @Property(tries = 50)
  void mergesAsASortOfAllWould(
      @ForAll @Size(max = 4) List<@Size(max = 20) List<@LongRange(min = 0, max = 30) Long>> files)
      throws IOException, BadRow {
    List<Event> expected = new ArrayList<>();
    List<Rows> opened = new ArrayList<>();
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

      assertThat(ids(new Merge(opened))).isEqualTo(expected.stream().map(Event::id).toList());
      for (Rows rows : opened) {
        rows.close();
      }
    } finally {
      delete(directory);
    }
  }

  @Test
  void aBadRowIsMetAfterAllRowsBeforeIt(@TempDir Path directory) throws IOException, BadRow {
    try (Rows a = open(directory, "a.csv", Flights.HEADER + Flights.row(1, 1) + "bad\n");
        Rows b = open(directory, "b.csv", Flights.HEADER + Flights.row(2, 0))) {
      Merge merge = new Merge(List.of(a, b));

      assertThat(id(merge.next())).isEqualTo(2L);
      assertThat(id(merge.next())).isEqualTo(1L);
      assertThatThrownBy(merge::next).isInstanceOf(BadRow.class).hasMessageContaining("a.csv:3");
    }
  }

  private static Rows open(Path directory, String name, String contents)
      throws IOException, BadRow {
    InputFile file = Flights.file(directory, name, contents);
    return new Rows(
        file, new Flights().output("departures"), new BadRows(false, System.err), new ByteCount());
  }

  private static List<Long> ids(Merge merge) throws IOException, BadRow {
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
