package dev.millrace.features;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.digest.Sha256;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Source;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Fingerprints of what state depends on. State of one definition means nothing to another: the
 * numbers could be read, but would be wrong.
 */
final class Definition {
  /** Of {@link Entity} and the timeline in it; a change makes a new fingerprint of everything. */
  private static final String STATE_FORMAT = "2";

  private Definition() {}

  /** Of a view's values. Its ttl and how long events wait for its rows leave them as they are. */
  static long fingerprint(Source source, FeatureView view) {
    return ByteBuffer.wrap(Sha256.of(text(source, view).getBytes(UTF_8))).getLong();
  }

  /**
   * Of all that is computed from a source, in twelve hexadecimal digits. A view's state is the sum
   * of what the source has been read to, so the positions in the source and the state of all its
   * views are of use together or not at all.
   */
  static String fingerprint(Source source, List<FeatureView> views) {
    StringBuilder text = new StringBuilder();
    views.forEach(view -> text.append(text(source, view)).append('\n'));
    return Sha256.shortHex(text.toString().getBytes(UTF_8));
  }

  private static String text(Source source, FeatureView view) {
    return List.of(
            STATE_FORMAT,
            view.name(),
            source.name(),
            source.key(),
            source.time(),
            view.entity(),
            view.features())
        .toString();
  }
}
