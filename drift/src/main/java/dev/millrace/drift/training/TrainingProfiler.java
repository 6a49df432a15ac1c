package dev.millrace.drift.training;

import dev.millrace.drift.profile.ProfileBuilder;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.SinglePrecision;
import dev.millrace.schemas.digest.Sha256;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.InputType;
import dev.millrace.schemas.pipeline.ModelInput;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Profiles training rows, reading their file twice: once to cut the bins, once to count. */
final class TrainingProfiler {
  private static final String EVENT_TIME = "event_time";
  private static final String LABEL = "label";

  private final Path file;
  private final List<Column> columns = new ArrayList<>();
  private final BlockProfiler blocks;
  private final List<String> sliced;
  private final int minSamples;
  private final int[] cells;
  private final @Nullable LabelledScores labelled;
  private @Nullable Instant from;
  private @Nullable Instant until;

  /** A feature, the type of its values, and the builder of its reference. */
  private record Column(String feature, InputType type, ProfileBuilder builder) {
    Column(String feature, InputType type) {
      this(
          feature,
          type,
          type == InputType.NUMBER || type == InputType.INTEGER
              ? ProfileBuilder.numbers(feature)
              : ProfileBuilder.categories(feature));
    }
  }

  /**
   * @param drift its window is the length of a block, and it names the sliced inputs; null without
   *     blocks and slices
   * @param labelled counts the labels of the scores; null: they are not counted
   */
  TrainingProfiler(
      Path file,
      List<ModelInput> inputs,
      @Nullable Drift drift,
      @Nullable LabelledScores labelled) {
    this.file = file;
    this.labelled = labelled;
    inputs.forEach(input -> columns.add(new Column(input.name(), input.type())));
    columns.add(new Column(Reference.SCORE, InputType.NUMBER));
    this.blocks = new BlockProfiler(drift == null ? null : drift.window(), columns.size());
    this.sliced = drift == null ? List.of() : drift.slices();
    this.minSamples = drift == null ? 0 : drift.minSamples();
    this.cells = new int[columns.size()];
  }

  /** Why the profile has no blocks; null if it has. */
  @Nullable String missingBlocks() {
    return blocks.missing();
  }

  /**
   * @throws IOException if the file cannot be read
   * @throws TrainingException if its rows cannot be profiled; the message names file and line
   */
  TrainingProfile profile(String pipeline) throws IOException {
    long rows = pass(this::see);
    if (rows == 0) {
      throw new TrainingException(
          file + ": no rows; export outcomes once some have matured (labels: maturity)");
    }
    columns.forEach(column -> column.builder.cut());
    int scoreColumn = columns.size() - 1;
    List<ProfileBuilder> builders = columns.stream().map(Column::builder).toList();
    SliceProfiler slices =
        new SliceProfiler(
            sliced,
            columns.stream().map(Column::feature).toList(),
            builders.stream().map(ProfileBuilder::bins).toList(),
            blocks.starts());
    if (pass(
            (time, values, line) -> {
              blocks.begin(time, builders);
              add(values, line);
              slices.add(blocks.startMillis(time), cells);
              if (labelled != null) {
                labelled.add(time, values[scoreColumn], values[scoreColumn + 2]);
              }
            })
        != rows) {
      throw new TrainingException(file + ": changed while it was read; try again");
    }
    Map<String, Reference> references = new LinkedHashMap<>();
    List<@Nullable String> features = new ArrayList<>();
    for (Column column : columns) {
      Reference reference = column.builder.build();
      boolean kept = !column.feature.equals(Reference.SCORE) || reference.profile().binned() > 0;
      features.add(kept ? column.feature : null);
      if (kept) {
        references.put(column.feature, reference);
      }
    }
    Path name = file.getFileName();
    return new TrainingProfile(
        pipeline,
        null,
        new TrainingProfile.CreatedFrom(String.valueOf(name), rows, Sha256.hex(file), from, until),
        references,
        blocks.build(features, builders),
        labelled == null ? null : labelled.quality(),
        slices.build(references.keySet(), rows, minSamples));
  }

  /** A row of a pass. */
  private interface Row {
    /**
     * @param time its event time
     * @param values of the columns
     */
    void accept(@Nullable Instant time, @Nullable Object[] values, long line);
  }

  private long pass(Row sink) throws IOException {
    List<TrainingRows.Column> wanted = new ArrayList<>();
    columns.forEach(
        c -> wanted.add(new TrainingRows.Column(c.feature, !c.feature.equals(Reference.SCORE))));
    wanted.add(new TrainingRows.Column(EVENT_TIME, false));
    wanted.add(new TrainingRows.Column(LABEL, false));
    long[] rows = new long[1];
    new TrainingRows(file, wanted)
        .forEach(
            (line, values) -> {
              rows[0]++;
              sink.accept(EventTimes.of(values[columns.size()]), values, line);
            });
    return rows[0];
  }

  private void see(@Nullable Instant time, @Nullable Object[] values, long line) {
    if (time != null) {
      from = from == null || time.isBefore(from) ? time : from;
      until = until == null || time.isAfter(until) ? time : until;
    }
    blocks.see(time, values[columns.size()]);
    add(values, line);
  }

  private void add(@Nullable Object[] values, long line) {
    for (int i = 0; i < columns.size(); i++) {
      cells[i] = add(columns.get(i), values[i], line);
    }
  }

  private int add(Column column, @Nullable Object value, long line) {
    if (value == null) {
      return column.builder.addNull();
    }
    try {
      return switch (column.type) {
        case NUMBER, INTEGER -> column.builder.add(SinglePrecision.of(number(value)));
        case TEXT -> column.builder.add(text(value));
        case BOOLEAN -> column.builder.add(flag(value));
      };
    } catch (IllegalArgumentException e) {
      throw new TrainingException(
          file + ":" + line + ": '" + column.feature + "': " + e.getMessage(), e);
    }
  }

  private static double number(Object value) {
    if (value instanceof Double number) {
      return number;
    }
    String text = value.toString();
    boolean named = text.endsWith("NaN") || text.endsWith("Infinity");
    // Numbers of Java may end in d or f; those of an export never do.
    if (value instanceof Boolean
        || (!named && Character.isLetter(text.charAt(text.length() - 1)))) {
      throw new IllegalArgumentException("a number expected, not '" + text + "'");
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("a number expected, not '" + text + "'", e);
    }
  }

  private static String text(Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("text expected, not " + value);
  }

  private static String flag(Object value) {
    String text = value.toString();
    // Python writes them with a capital letter.
    if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
      return text.toLowerCase(Locale.ROOT);
    }
    throw new IllegalArgumentException("true or false expected, not '" + text + "'");
  }
}
