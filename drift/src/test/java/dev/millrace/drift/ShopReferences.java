package dev.millrace.drift;

import dev.millrace.drift.profile.Block;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.Slice;
import dev.millrace.drift.profile.Slicing;
import dev.millrace.drift.profile.UncutFeature;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The references of the model of {@link Shop}. */
public final class ShopReferences {
  private static final int TRAINING_ROWS = 5_000;
  private static final List<Reference> REFERENCES = references(1);
  private static final List<Reference> OTHERS = references(2);

  private ShopReferences() {}

  public static ModelReference referenceSet() {
    return referenceSet(Shop.VERSION);
  }

  /** The training data: normal amounts around 50, three channels, uniform scores. */
  public static ModelReference referenceSet(String version) {
    return new ModelReference(
        "shop",
        "refund",
        version,
        "fedcba987654",
        List.of("amount", "channel", "score"),
        () -> REFERENCES,
        blocks(List.of("amount", "channel", "score")));
  }

  /** The same training data with slices by channel: shop, phone, web, and all others. */
  public static ModelReference slicedReferenceSet() {
    ModelReference all = referenceSet();
    List<Slice> slices =
        List.of(
            new Slice("channel", "web"),
            new Slice("channel", "shop"),
            new Slice("channel", "phone"));
    return all.with(
        new Slicing(
            slices,
            length -> {
              SlicedRows rows = new SlicedRows(slices, REFERENCES);
              List<String> channels = new ArrayList<>();
              double[] amounts = new double[TRAINING_ROWS];
              double[] scores = new double[TRAINING_ROWS];
              rows(1, amounts, channels, scores);
              for (int i = 0; i < TRAINING_ROWS; i++) {
                rows.add(i / 200 * Shop.WINDOW, amounts[i], channels.get(i), scores[i]);
              }
              return rows.references();
            }));
  }

  /** A reference that is made of the first predictions of a version. */
  public static ModelReference uncut(String version) {
    return ModelReference.uncut(
        "shop",
        "refund",
        version,
        List.of(
            new UncutFeature("amount", true),
            new UncutFeature("channel", false),
            new UncutFeature("score", true)));
  }

  /** A reference of the same model from other rows of the same distributions. */
  public static ModelReference reprofiled() {
    ModelReference old = referenceSet();
    return new ModelReference(
        old.pipeline(),
        old.model(),
        old.version(),
        "abcdef012345",
        old.features(),
        () -> OTHERS,
        blocks(old.features(), 2, () -> OTHERS));
  }

  private static List<Reference> references(int seed) {
    List<String> channels = new ArrayList<>();
    double[] amounts = new double[TRAINING_ROWS];
    double[] scores = new double[TRAINING_ROWS];
    rows(seed, amounts, channels, scores);
    return List.of(
        Reference.of("amount", amounts),
        Reference.of("channel", channels),
        Reference.of("score", scores));
  }

  private static void rows(int seed, double[] amounts, List<String> channels, double[] scores) {
    Random random = new Random(seed);
    for (int i = 0; i < amounts.length; i++) {
      amounts[i] = 50 + 10 * random.nextGaussian();
      channels.add(Shop.channel(random));
      scores[i] = random.nextDouble();
    }
  }

  /** Blocks of 200 rows of some features of a reference. */
  public static ModelReference.Blocks blocks(List<String> features) {
    return blocks(features, 1, () -> REFERENCES);
  }

  private static ModelReference.Blocks blocks(
      List<String> features, int seed, ModelReference.Source references) {
    return length -> {
      List<String> channels = new ArrayList<>();
      double[] amounts = new double[TRAINING_ROWS];
      double[] scores = new double[TRAINING_ROWS];
      rows(seed, amounts, channels, scores);
      List<List<Block>> all = new ArrayList<>();
      for (String feature : features) {
        Reference reference =
            references.get().stream()
                .filter(r -> r.feature().equals(feature))
                .findFirst()
                .orElseThrow();
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < TRAINING_ROWS; i++) {
          if (i % 200 == 0) {
            blocks.add(new Block(i / 200 * Shop.WINDOW, reference.newProfile(), 0L));
          }
          blocks
              .get(i / 200)
              .counts()
              .addObject(
                  switch (feature) {
                    case "amount" -> amounts[i];
                    case "channel" -> channels.get(i);
                    default -> scores[i];
                  });
        }
        all.add(blocks);
      }
      return all;
    };
  }
}
