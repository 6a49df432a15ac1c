package dev.millrace.ingest.producer.replay;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Several files as one, in order of event time; at the same time, the file named first is first.
 */
final class Merge {
  private record Head(Row row, int file) {}

  private final List<Rows> files;
  private final PriorityQueue<Head> heads =
      new PriorityQueue<>(
          Comparator.comparing((Head head) -> head.row().time()).thenComparing(Head::file));

  /** Files whose next row is not among the heads yet. */
  private final Deque<Integer> unread = new ArrayDeque<>();

  /** Closes none of the files. */
  Merge(List<Rows> files) {
    this.files = files;
    for (int file = 0; file < files.size(); file++) {
      unread.add(file);
    }
  }

  /**
   * The next row; null at the end of all files. A bad row is met no sooner than the rows before it
   * in its file have been given.
   */
  @Nullable Row next() throws IOException, BadRow {
    while (!unread.isEmpty()) {
      int file = unread.remove();
      Row row = files.get(file).next();
      if (row != null) {
        heads.add(new Head(row, file));
      }
    }
    Head head = heads.poll();
    if (head == null) {
      return null;
    }
    unread.add(head.file());
    return head.row();
  }
}
