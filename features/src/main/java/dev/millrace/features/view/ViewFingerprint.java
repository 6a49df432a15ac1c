package dev.millrace.features.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.digest.Sha256;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Lookup;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Fingerprints of the definition under which state was written. Under another definition the state
 * could still be read, but the values computed from it would be wrong.
 */
public final class ViewFingerprint {
  /** The format of an entity's state. Raise it when that changes: all fingerprints change, too. */
  private static final String STATE_FORMAT = "5";

  private ViewFingerprint() {}

  /** The fingerprint of a view's values. They do not depend on its ttl or its wait. */
  public static long of(Source source, FeatureView view) {
    return ByteBuffer.wrap(Sha256.of(text(source, view).getBytes(UTF_8))).getLong();
  }

  /**
   * The fingerprint of all that is computed from the events of a source, in twelve hexadecimal
   * digits: the views over it and their lookups. The positions in the source and the state of these
   * lookups are valid only together: state holds the events up to exactly these positions.
   *
   * <p>In an aligned pipeline the state of each lookup also holds questions of the scored source,
   * so there the fingerprint is that of all sources.
   */
  public static String of(Pipeline pipeline, Source source) {
    StringBuilder text = new StringBuilder();
    for (Source each : pipeline.align() ? pipeline.featureSources() : List.of(source)) {
      text.append(each.name()).append('\n');
      for (Lookup lookup : pipeline.lookups().values()) {
        if (lookup.view().from().equals(each.name())) {
          text.append(lookup.name()).append(lookup.key().fields());
          text.append(text(each, lookup.view())).append('\n');
        }
      }
    }
    return Sha256.shortHex((pipeline.align() + "\n" + text).getBytes(UTF_8));
  }

  /** The fingerprint of all lookups of a pipeline, in twelve hexadecimal digits. */
  public static String of(Pipeline pipeline) {
    StringBuilder text = new StringBuilder();
    pipeline.featureSources().forEach(source -> text.append(of(pipeline, source)));
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
            view.delay(),
            view.features())
        .toString();
  }
}
