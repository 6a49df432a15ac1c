package dev.millrace.ingest.producer.files;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Merges files by event time. Rows with the same time are in the order of the file arguments. */
public final class RowMerge {
  private record Head(Row row, int file) {}

  private final List<SourceRows> files;
  private final PriorityQueue<Head> heads =
      new PriorityQueue<>(
          Comparator.comparing((Head head) -> head.row().time()).thenComparing(Head::file));

  /** Files whose next row has not been read yet. */
  private final Deque<Integer> unread = new ArrayDeque<>();

  /** A merge of open files; it does not close them. */
  public RowMerge(List<SourceRows> files) {
    this.files = files;
    for (int file = 0; file < files.size(); file++) {
      unread.add(file);
    }
  }

  /**
   * The next row; null at the end of all files. A rejected row is reported only after the rows
   * before it in its file were returned.
   */
  public @Nullable Row next() throws IOException, RejectedRow {
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
