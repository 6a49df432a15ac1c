package dev.millrace.drift.policy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.millrace.drift.detect.Verdict;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The drift state of a model version after the windows so far. DRIFT is latched: it begins an
 * episode, which ends when enough windows in a row are OK, or when it is {@link #acknowledged()}.
 * Windows must come in order.
 *
 * @param verdict the state: INSUFFICIENT, OK, WARNING or DRIFT
 * @param calmWindows OK windows in a row since the last unusual one of the episode
 * @param since start of the window that began the episode; null outside one
 */
public record EpisodeState(Verdict verdict, int calmWindows, @Nullable Instant since) {
  /** Before the first window. */
  public static final EpisodeState INITIAL = new EpisodeState(Verdict.INSUFFICIENT, 0, null);

  /** How many OK windows in a row end an episode by default. */
  public static final int RECOVERY_WINDOWS = 3;

  private static final String FORMAT = "1";

  /**
   * The state after one more window. In an episode a WARNING window keeps it alive and an
   * INSUFFICIENT one changes nothing.
   *
   * @param window the window's verdict
   * @param windowStart in milliseconds' precision
   * @param recoveryWindows how many OK windows in a row end an episode
   */
  public EpisodeState next(Verdict window, Instant windowStart, int recoveryWindows) {
    if (since == null) {
      return new EpisodeState(window, 0, window == Verdict.DRIFT ? windowStart : null);
    }
    return switch (window) {
      case DRIFT, WARNING -> new EpisodeState(Verdict.DRIFT, 0, since);
      case INSUFFICIENT -> this;
      case OK ->
          calmWindows + 1 >= recoveryWindows
              ? new EpisodeState(Verdict.OK, 0, null)
              : new EpisodeState(Verdict.DRIFT, calmWindows + 1, since);
    };
  }

  /** Whether an episode is under way, and with it its alert firing. */
  public boolean firing() {
    return since != null;
  }

  /** Whether this state began an episode that {@code before} was not in. */
  public boolean firedSince(EpisodeState before) {
    return since != null && !since.equals(before.since);
  }

  /** Whether this state ended the episode that {@code before} was in. */
  public boolean resolvedSince(EpisodeState before) {
    return before.since != null && !before.since.equals(since);
  }

  /** The state after an operator has acknowledged the drift, or the model was retrained. */
  public EpisodeState acknowledged() {
    return INITIAL;
  }

  /** A short line of ASCII for state: format, verdict, calm windows, epoch millis or "-". */
  public byte[] toBytes() {
    String start = since == null ? "-" : Long.toString(since.toEpochMilli());
    return String.join(" ", FORMAT, verdict.name(), Integer.toString(calmWindows), start)
        .getBytes(US_ASCII);
  }

  /**
   * Reads what {@link #toBytes()} wrote.
   *
   * @throws IllegalArgumentException when it did not write these bytes
   */
  public static EpisodeState fromBytes(byte[] bytes) {
    String line = new String(bytes, US_ASCII);
    String[] parts = line.split(" ", -1);
    if (parts.length != 4 || !parts[0].equals(FORMAT)) {
      throw new IllegalArgumentException(
          "not a drift state of format " + FORMAT + ": '" + line + "'");
    }
    return new EpisodeState(
        Verdict.valueOf(parts[1]),
        Integer.parseInt(parts[2]),
        parts[3].equals("-") ? null : Instant.ofEpochMilli(Long.parseLong(parts[3])));
  }
}
