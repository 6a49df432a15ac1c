package dev.millrace.features.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.Cards;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ViewVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LookupUseTest {
  private static final String CARD = "card: {view: card, key: card}";
  private static final String AGAIN = "again: {view: card, key: shop}";

  /** Of two lookups of a view, only the one that has written its rows knows their next change. */
  @Test
  void theLookupThatFeedsAViewStaysWhenTheFileIsReordered(@TempDir Path directory)
      throws IOException {
    Pipeline before = load(directory.resolve("before"), CARD, AGAIN);
    Pipeline after = load(directory.resolve("after"), AGAIN, CARD);
    var base =
        new GenerationPlan.Base(
            Map.of("card", ViewVersion.of(before, Cards.view("card")).version()),
            Generation.lookups(before),
            Map.of());
    GenerationPlan kept = GenerationPlan.from(base, after, view -> new Backfill(List.of(1L), null));
    assertThat(kept.backfills()).doesNotContainKey("card");
    assertThat(feeding(before, GenerationPlan.first(before)))
        .contains("card")
        .doesNotContain("again");
    assertThat(feeding(after, kept)).contains("card").doesNotContain("again");
  }

  private static Pipeline load(Path directory, String first, String second) throws IOException {
    Files.createDirectory(directory);
    return Cards.with(
        directory,
        "windows: [1d]}",
        "windows: [1d]}\nlookups:\n  %s\n  %s".formatted(first, second));
  }

  private static List<String> feeding(Pipeline pipeline, GenerationPlan plan) {
    return LookupUse.of(pipeline, plan).stream()
        .filter(LookupUse::feeds)
        .map(use -> use.lookup().name())
        .toList();
  }
}
