package dev.millrace.drift.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.Shop;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.UncutFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceLoaderTest {

  @Test
  void aCollectingPipelineHasNoReference() throws IOException {
    assertThat(ReferenceLoader.load(Shop.pipeline((Path) null))).isNull();
  }

  @Test
  void aModelWithoutAProfileHasNoReferenceButAVersion(@TempDir Path model) throws IOException {
    assertThat(ReferenceLoader.load(Shop.pipeline(model))).isNull();
    Files.writeString(model.resolve("model.onnx"), "a model");

    ModelReference none = Objects.requireNonNull(ReferenceLoader.load(Shop.pipeline(model)));
    assertThat(none.isNone()).isTrue();
    assertThat(none.version()).isEqualTo("97ff8a35544d");
    assertThat(none.digest()).isEmpty();
    assertThat(ReferenceLoader.load(Shop.pipeline(model, null, Shop.DRIFT))).isNull();
  }

  @Test
  void inputsComeInTheModelsOrderAndTheScoreLast(@TempDir Path model) throws IOException {
    Files.writeString(model.resolve("model.onnx"), "a model");
    Map<String, Reference> references = new LinkedHashMap<>();
    references.put("score", Reference.of("score", 0.1, 0.2, 0.3));
    references.put("unknown", Reference.of("unknown", 1, 2, 3));
    references.put("amount", Reference.of("amount", 1, 2, 3));
    Files.writeString(
        model.resolve("profile.json"),
        new TrainingProfile(
                "shop", new TrainingProfile.CreatedFrom("outcomes.csv", 3, "00"), references)
            .toJson());

    ModelReference baseline = Objects.requireNonNull(ReferenceLoader.load(Shop.pipeline(model)));

    assertThat(baseline.features()).containsExactly("amount", "score");
    assertThat(baseline.references())
        .extracting(Reference::feature)
        .containsExactly("amount", "score");
    // printf 'a model' | sha256sum
    assertThat(baseline.version()).isEqualTo("97ff8a35544d");
    assertThat(baseline.digest()).hasSize(12);
  }

  @Test
  void ignoresAProfileOfAnotherModelVersion(@TempDir Path model) throws IOException {
    Files.writeString(model.resolve("model.onnx"), "a model");
    String profile =
        new TrainingProfile(
                "shop",
                new TrainingProfile.CreatedFrom("outcomes.csv", 3, "00"),
                Map.of("amount", Reference.of("amount", 1, 2, 3)))
            .toJson();

    Files.writeString(model.resolve("profile.json"), of(profile, "0123456789ab"));
    assertThat(Objects.requireNonNull(ReferenceLoader.load(Shop.pipeline(model))).isNone())
        .isTrue();

    Files.writeString(model.resolve("profile.json"), of(profile, "97ff8a35544d"));
    assertThat(Objects.requireNonNull(ReferenceLoader.load(Shop.pipeline(model))).isNone())
        .isFalse();
  }

  /** A profile that is in the directory nevertheless is not what the user asks for. */
  @Test
  void aFirstPeriodNeedsNoProfile(@TempDir Path model) throws IOException {
    Files.writeString(model.resolve("model.onnx"), "a model");
    Files.writeString(model.resolve("profile.json"), "not read");

    ModelReference first =
        Objects.requireNonNull(ReferenceLoader.load(Shop.pipeline(model, null, Shop.first(10))));

    assertThat(first.uncut())
        .containsExactly(
            new UncutFeature("amount", true),
            new UncutFeature("channel", false),
            new UncutFeature("score", true));
    assertThat(first.version()).isEqualTo("97ff8a35544d");
    assertThat(first.references()).isEmpty();
    assertThat(ReferenceLoader.quality(Shop.pipeline(model, null, Shop.first(10)))).isNull();

    Files.delete(model.resolve("profile.json"));
    assertThat(ReferenceLoader.quality(Shop.pipeline(model, null, Shop.first(10)))).isNull();
  }

  private static String of(String profile, String version) {
    return profile.replaceFirst("\\{", "{\"model_version\": \"" + version + "\",");
  }
}
