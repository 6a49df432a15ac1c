package dev.millrace.schemas.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Reads {@code schemas/WIRE.md}, the list of names on the wire. */
public final class WireNames {
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");

  private WireNames() {}

  /**
   * The names in each row of a section's table.
   *
   * @param schemas the directory of the file
   * @throws IllegalArgumentException if the section has no table with names
   */
  public static List<List<String>> section(Path schemas, String title) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    boolean isInside = false;
    for (String line : Files.readAllLines(schemas.resolve("WIRE.md"))) {
      if (line.startsWith("## ")) {
        isInside = line.equals("## " + title);
      } else if (isInside && line.startsWith("| `")) {
        rows.add(NAME.matcher(line).results().map(each -> each.group(1)).toList());
      }
    }
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("no names in section '" + title + "' of WIRE.md");
    }
    return rows;
  }

  /** The first name of each row of a section's table, in their order. */
  public static List<String> first(Path schemas, String title) throws IOException {
    return section(schemas, title).stream().map(row -> row.get(0)).toList();
  }
}
