package dev.millrace.features.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.digest.Sha256;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Source;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Fingerprints of the definition under which state was written. Under another definition the state
 * could still be read, but the values computed from it would be wrong.
 */
public final class ViewFingerprint {
  /** The format of an entity's state. Raise it when that changes: all fingerprints change, too. */
  private static final String STATE_FORMAT = "3";

  private ViewFingerprint() {}

  /** The fingerprint of a view's values. They do not depend on its ttl or its wait. */
  public static long of(Source source, FeatureView view) {
    return ByteBuffer.wrap(Sha256.of(text(source, view).getBytes(UTF_8))).getLong();
  }

  /**
   * The fingerprint of all views over a source, in twelve hexadecimal digits. The positions in the
   * source and the state of all its views are valid only together: state holds the events up to
   * exactly these positions.
   */
  public static String of(Source source, List<FeatureView> views) {
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
            view.entity().fields(),
            view.features())
        .toString();
  }
}
