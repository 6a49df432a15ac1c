package dev.millrace.drift.training;

import dev.millrace.drift.profile.Block;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.Slice;
import dev.millrace.drift.profile.SliceReference;
import dev.millrace.drift.profile.Slicing;
import dev.millrace.drift.training.TrainingProfile.Blocks;
import dev.millrace.drift.training.TrainingProfile.SliceProfile;
import dev.millrace.schemas.pipeline.Drift;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads the slices of a training profile that the pipeline compares apart. */
final class SliceLoader {
  private static final Logger log = LoggerFactory.getLogger(SliceLoader.class);

  private SliceLoader() {}

  /**
   * The slices of the pipeline's sliced inputs. An input of which the profile has none is logged,
   * and a slice with fewer rows than a window is compared with is left out.
   *
   * @param profile what {@code json} contains
   * @param features the compared features, in their order
   * @param place the profile's name in messages
   */
  static Slicing of(
      TrainingProfile profile,
      @Nullable Drift drift,
      List<String> features,
      String json,
      String place) {
    List<Slice> slices = new ArrayList<>();
    for (String input : drift == null ? List.<String>of() : drift.slices()) {
      List<Slice> ofInput =
          profile.slices().stream()
              .filter(each -> each.slice().input().equals(input) && features.contains(input))
              .filter(each -> drift == null || each.rows() >= drift.minSamples())
              .map(SliceProfile::slice)
              .toList();
      if (ofInput.isEmpty()) {
        log.warn(
            "No drift detection by slices of {}: {} has none with enough rows. Write the profile"
                + " again with 'millrace profile'.",
            input,
            place);
      }
      slices.addAll(ofInput);
    }
    return slices.isEmpty()
        ? Slicing.NONE
        : new Slicing(
            slices,
            length -> references(TrainingProfile.parse(json, place), slices, features, length));
  }

  private static List<SliceReference> references(
      TrainingProfile profile, List<Slice> slices, List<String> features, Duration length) {
    Blocks blocks = profile.blocks();
    boolean hasBlocks = blocks != null && blocks.length().equals(length);
    return slices.stream()
        .map(
            slice ->
                profile.slices().stream()
                    .filter(each -> each.slice().equals(slice))
                    .map(each -> reference(profile, each, features, hasBlocks))
                    .findFirst()
                    .orElseThrow())
        .toList();
  }

  private static SliceReference reference(
      TrainingProfile profile, SliceProfile slice, List<String> features, boolean hasBlocks) {
    List<Reference> references = new ArrayList<>();
    List<List<Block>> blocks = new ArrayList<>();
    for (String feature : features) {
      Reference whole = Objects.requireNonNull(profile.references().get(feature));
      Profile counts = Objects.requireNonNull(slice.counts().get(feature));
      references.add(whole.withCounts(counts).inSinglePrecision());
      List<Block> ofFeature = new ArrayList<>();
      for (TrainingProfile.Block block : slice.blocks()) {
        Profile ofBlock = Objects.requireNonNull(block.counts().get(feature));
        Profile inBins = whole.withCounts(ofBlock).inSinglePrecision().profile();
        ofFeature.add(new Block(block.start().toEpochMilli(), inBins, null));
      }
      blocks.add(ofFeature);
    }
    return new SliceReference(slice.slice(), references, hasBlocks ? blocks : List.of());
  }
}
