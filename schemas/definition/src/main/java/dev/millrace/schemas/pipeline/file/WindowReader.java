package dev.millrace.schemas.pipeline.file;

import dev.millrace.schemas.operation.Window;
import dev.millrace.schemas.pipeline.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the {@code windows} of an aggregate. */
final class WindowReader {
  private static final String FOREVER = "forever";
  private static final String EXPECTED = Durations.EXPECTED + ", fixed: a duration, or " + FOREVER;

  private static final KeySpec<ValueSpec.Time> FIXED =
      KeySpec.required(
          "fixed",
          ValueSpec.Time.POSITIVE,
          "a duration: the window begins at a multiple of it since 1970-01-01T00:00Z, as a day in UTC does");

  private static final ValueSpec.TimeOrBlock FORM =
      new ValueSpec.TimeOrBlock(new ValueSpec.Time(false, FOREVER), ValueSpec.Block.of(FIXED));

  static final KeySpec<ValueSpec.ListOf> WINDOWS =
      KeySpec.required(
          "windows",
          new ValueSpec.ListOf(FORM, true, "a list of durations"),
          "a list of durations, each how far back a feature looks from the scored event; or fixed: a duration, or forever");

  /**
   * A window.
   *
   * @param text the end of the feature's name
   */
  record Named(Window window, String text) {}

  private final @Nullable Duration ttl;

  /**
   * @param ttl of the view
   */
  WindowReader(@Nullable Duration ttl) {
    this.ttl = ttl;
  }

  /** The windows of a list; those with a mistake are left out. */
  List<Named> read(@Nullable YamlValue value) {
    List<Named> windows = new ArrayList<>();
    List<YamlValue> items = value == null ? List.of() : value.list(WINDOWS.form());
    for (YamlValue item : items) {
      Named window = window(item);
      if (window != null && windows.contains(window)) {
        item.wrong("duplicate window", null);
      } else if (window != null) {
        windows.add(window);
      }
    }
    return windows;
  }

  private @Nullable Named window(YamlValue item) {
    if (item.isText(FOREVER)) {
      return new Named(Window.unbounded(), FOREVER);
    }
    if (!item.isMapping()) {
      Duration length = length(item, FORM.time());
      String text = length == null ? null : item.text(EXPECTED);
      return length == null || text == null
          ? null
          : new Named(Window.sliding(length.toMillis()), text);
    }
    YamlMapping mapping = item.mapping(FORM.block());
    YamlValue fixed = mapping.value(FIXED);
    mapping.close();
    Duration length = fixed == null ? null : length(fixed, FIXED.form());
    String text = length == null || fixed == null ? null : fixed.text(EXPECTED);
    return length == null || text == null
        ? null
        : new Named(Window.fixed(length.toMillis()), "fixed_" + text);
  }

  private @Nullable Duration length(YamlValue value, ValueSpec.Time form) {
    Duration length = value.duration(form);
    if (length != null && ttl != null && length.compareTo(ttl) > 0) {
      value.wrong("the window is longer than the view's ttl", "a window no longer than the ttl");
    }
    return length;
  }
}
