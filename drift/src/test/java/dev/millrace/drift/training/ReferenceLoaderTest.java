package dev.millrace.drift.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.training.TrainingProfile;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceLoaderTest {

  @Test
  void aCollectingPipelineHasNone() throws IOException {
    assertThat(ReferenceLoader.load(shop(null))).isNull();
  }

  @Test
  void aModelWithoutAProfileHasNone(@TempDir Path model) throws IOException {
    Files.writeString(model.resolve("model.onnx"), "a model");

    assertThat(ReferenceLoader.load(shop(model))).isNull();
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

    ReferenceSet baseline = Objects.requireNonNull(ReferenceLoader.load(shop(model)));

    assertThat(baseline.features()).containsExactly("amount", "score");
    assertThat(baseline.references())
        .extracting(Reference::feature)
        .containsExactly("amount", "score");
    // printf 'a model' | sha256sum
    assertThat(baseline.version()).isEqualTo("97ff8a35544d");
    assertThat(baseline.digest()).hasSize(12);
  }

  @Test
  void aProfileOfAnotherModelVersionIsNone(@TempDir Path model) throws IOException {
    Files.writeString(model.resolve("model.onnx"), "a model");
    String profile =
        new TrainingProfile(
                "shop",
                new TrainingProfile.CreatedFrom("outcomes.csv", 3, "00"),
                Map.of("amount", Reference.of("amount", 1, 2, 3)))
            .toJson();

    Files.writeString(model.resolve("profile.json"), of(profile, "0123456789ab"));
    assertThat(ReferenceLoader.load(shop(model))).isNull();

    Files.writeString(model.resolve("profile.json"), of(profile, "97ff8a35544d"));
    assertThat(ReferenceLoader.load(shop(model))).isNotNull();
  }

  private static String of(String profile, String version) {
    return profile.replaceFirst("\\{", "{\"model_version\": \"" + version + "\",");
  }

  static Pipeline shop(@Nullable Path directory) {
    Pipeline shop = Shop.pipeline();
    Model model = Objects.requireNonNull(shop.model());
    return new Pipeline(
        shop.name(),
        shop.guarantee(),
        shop.partitions(),
        shop.sources(),
        shop.score(),
        shop.features(),
        new Model(model.name(), directory, model.inputs(), model.score(), model.positive()),
        shop.labels(),
        shop.drift(),
        shop.retrain());
  }
}
