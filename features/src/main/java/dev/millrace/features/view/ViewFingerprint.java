package dev.millrace.features.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.digest.Sha256;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Feedback;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.pipeline.ViewVersion;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Fingerprints of the definition under which state was written. Under another definition the state
 * could still be read, but the values computed from it would be wrong. They are parts of the uids
 * of operators, so that Flink restores state only under the definition that wrote it.
 *
 * <p>In an aligned pipeline the state of each lookup also holds questions, which wait for all the
 * lookups that there were, and views of predictions or outcomes share remembered ids. So there each
 * fingerprint contains the whole generation, and another one starts from the beginning.
 */
public final class ViewFingerprint {
  /** The format of an entity's state. Raise it when that changes: all fingerprints change, too. */
  private static final String STATE_FORMAT = "6";

  private ViewFingerprint() {}

  /** The fingerprint of a view's values, which the state of each entity contains. */
  public static long of(Pipeline pipeline, FeatureView view) {
    String text = STATE_FORMAT + ViewVersion.of(pipeline, view).definition();
    return ByteBuffer.wrap(Sha256.of(text.getBytes(UTF_8))).getLong();
  }

  /**
   * The fingerprint of the state of a view's lookups, in twelve hexadecimal digits: the view, what
   * is asked, and all lookups of the view, which are backfilled together.
   */
  public static String ofLookups(Pipeline pipeline, FeatureView view) {
    List<String> lookups =
        pipeline.lookups().values().stream()
            .filter(lookup -> lookup.view().name().equals(view.name()))
            .map(Generation::text)
            .sorted()
            .toList();
    return digest(
        pipeline,
        STATE_FORMAT,
        view.name(),
        ViewVersion.of(pipeline, view).definition(),
        Generation.scored(pipeline),
        lookups.toString());
  }

  /**
   * The fingerprint of the positions in a source, in twelve hexadecimal digits. It does not depend
   * on the views of the source: a view without state is backfilled.
   */
  public static String of(Pipeline pipeline, Source source) {
    return digest(
        pipeline, source.name(), source.key(), source.time(), Generation.scored(pipeline));
  }

  private static String digest(Pipeline pipeline, String... texts) {
    boolean isWhole =
        pipeline.align()
            || pipeline.features().values().stream()
                .anyMatch(view -> Feedback.of(view.from()) != null);
    String generation = isWhole ? Generation.of(pipeline) : "";
    return Sha256.shortHex(List.of(String.join("\n", texts), generation));
  }
}
