package dev.millrace.deploy.drift.view;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Columns of text, two blanks between them; the last one is cut at the width of the terminal. */
final class TextTable {
  private static final String GAP = "  ";

  private final List<String[]> rows = new ArrayList<>();
  private final boolean[] right;
  private final int width;
  private final String indent;

  /**
   * @param width in characters
   * @param header of the columns; one that begins with {@code >} is aligned to the right
   */
  TextTable(int width, String indent, String... header) {
    this.width = width;
    this.indent = indent;
    this.right = new boolean[header.length];
    String[] names = new String[header.length];
    for (int i = 0; i < header.length; i++) {
      right[i] = header[i].startsWith(">");
      names[i] = right[i] ? header[i].substring(1) : header[i];
    }
    rows.add(names);
  }

  void add(String... cells) {
    rows.add(cells.clone());
  }

  /** The lines, each with its end. */
  @Override
  public String toString() {
    int[] widths = new int[right.length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    StringBuilder text = new StringBuilder();
    rows.forEach(row -> text.append(line(row, widths)).append('\n'));
    return text.toString();
  }

  private String line(String[] row, int[] widths) {
    StringBuilder line = new StringBuilder(indent);
    for (int i = 0; i < row.length; i++) {
      String blanks = " ".repeat(widths[i] - row[i].length());
      line.append(i == 0 ? "" : GAP).append(right[i] ? blanks + row[i] : row[i] + blanks);
    }
    return cut(line.toString().stripTrailing(), width);
  }

  /** The text, or as much of it as fits, with an ellipsis. */
  static String cut(String text, int width) {
    return text.length() <= width ? text : text.substring(0, width - 1) + "…";
  }

  /** Lines of at most that width, broken at blanks. */
  static String wrapped(String text, int width, String indent) {
    StringBuilder lines = new StringBuilder();
    StringBuilder line = new StringBuilder();
    for (String word : Arrays.asList(text.split(" "))) {
      if (!line.isEmpty() && indent.length() + line.length() + 1 + word.length() > width) {
        lines.append(indent).append(line).append('\n');
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    return lines.append(indent).append(line).append('\n').toString();
  }
}
