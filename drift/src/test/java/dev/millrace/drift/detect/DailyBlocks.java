package dev.millrace.drift.detect;

import dev.millrace.drift.profile.Block;
import dev.millrace.drift.profile.Profile;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Counts of whole days as blocks of a reference. */
public final class DailyBlocks {
  /** Milliseconds of a day. */
  public static final long DAY = Duration.ofDays(1).toMillis();

  private DailyBlocks() {}

  /** Blocks of consecutive days, without values that no other block has. */
  public static List<Block> of(List<Profile> days) {
    return IntStream.range(0, days.size())
        .mapToObj(i -> new Block(i * DAY, days.get(i), 0L))
        .toList();
  }
}
