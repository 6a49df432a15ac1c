package dev.millrace.drift.policy;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.detect.Baseline;
import dev.millrace.drift.detect.BlockBaseline;
import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.FeatureComparison;
import dev.millrace.drift.detect.SeasonalReference;
import dev.millrace.drift.detect.TestResult;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.detect.WindowComparison;
import dev.millrace.drift.policy.WindowResults.OfSlice;
import dev.millrace.drift.profile.Block;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.Slice;
import dev.millrace.drift.profile.SliceReference;
import dev.millrace.drift.window.WindowCounts;
import dev.millrace.schemas.pipeline.Drift;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Compares the windows of a model: all predictions, and those of each slice. Each slice has its own
 * references, its own calm windows and its own evidence. Windows come in the order of time; {@link
 * #of} is followed by {@link #after}. Not thread-safe.
 */
public final class ModelComparison {
  private final WindowComparison all;
  private final List<SliceComparison> slices;

  /** The outcome of the last compared window, for all predictions and for each slice. */
  public record Outcome(
      WindowComparison.Outcome all, List<WindowComparison.Outcome> slices, Set<Cause> ended) {
    /** Before the first window. */
    static final Outcome NONE =
        new Outcome(WindowComparison.Outcome.NOT_COMPARABLE, List.of(), Set.of());

    /** Copies the collections. */
    public Outcome {
      slices = List.copyOf(slices);
      ended = Set.copyOf(ended);
    }

    /**
     * The outcome of verdicts.
     *
     * @param firing whether an episode lasts after the window
     * @param ended causes with an episode that has ended with it
     */
    static Outcome of(
        Verdict all, List<Verdict> slices, boolean warmingUp, boolean firing, Set<Cause> ended) {
      boolean outsideOfEpisodes = !firing && ended.isEmpty();
      return new Outcome(
          of(all, warmingUp, outsideOfEpisodes),
          slices.stream().map(slice -> of(slice, warmingUp, outsideOfEpisodes)).toList(),
          ended);
    }

    private static WindowComparison.Outcome of(
        Verdict verdict, boolean warmingUp, boolean outsideOfEpisodes) {
      if (warmingUp) {
        return WindowComparison.Outcome.NOT_COMPARABLE;
      }
      return verdict == Verdict.OK && outsideOfEpisodes
          ? WindowComparison.Outcome.CALM
          : WindowComparison.Outcome.UNUSUAL;
    }
  }

  /**
   * One slice. Its own input is not compared: it has one value, or those that all predictions are
   * compared by.
   *
   * @param features the positions of those that are compared
   */
  private record SliceComparison(Slice slice, List<Integer> features, WindowComparison windows) {}

  private ModelComparison(WindowComparison all, List<SliceComparison> slices) {
    this.all = all;
    this.slices = slices;
  }

  /**
   * The comparison with a reference.
   *
   * @param state of {@link #state} against the same reference; null: it begins
   */
  public static ModelComparison of(ModelReference reference, Drift drift, byte @Nullable [] state) {
    List<Reference> references = reference.references();
    List<SliceReference> slices = reference.slicing().source().of(drift.window());
    List<byte @Nullable []> states = decode(state, 1 + slices.size());
    AlarmBudget budget = AlarmBudget.of(drift, Math.max(1, references.size()));
    WindowComparison all =
        comparison(
            references,
            reference.blocks().of(drift.window()),
            drift,
            budget.ofAll(slices.size()),
            states.get(0));
    List<SliceComparison> compared = new ArrayList<>();
    for (int i = 0; i < slices.size(); i++) {
      AlarmBudget ofSlice = budget.ofSlice(slices.size());
      compared.add(slice(slices.get(i), reference.features(), drift, ofSlice, states.get(i + 1)));
    }
    return new ModelComparison(all, compared);
  }

  private static SliceComparison slice(
      SliceReference slice,
      List<String> names,
      Drift drift,
      AlarmBudget budget,
      byte @Nullable [] state) {
    List<Integer> features = new ArrayList<>();
    List<Reference> references = new ArrayList<>();
    List<List<Block>> blocks = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (!names.get(i).equals(slice.slice().input())) {
        features.add(i);
        references.add(slice.references().get(i));
        if (!slice.blocks().isEmpty()) {
          blocks.add(slice.blocks().get(i));
        }
      }
    }
    return new SliceComparison(
        slice.slice(), features, comparison(references, blocks, drift, budget, state));
  }

  private static WindowComparison comparison(
      List<Reference> references,
      List<List<Block>> blocks,
      Drift drift,
      AlarmBudget budget,
      byte @Nullable [] state) {
    List<SeasonalReference> seasonal = new ArrayList<>();
    List<Baseline> baselines = new ArrayList<>();
    for (int i = 0; i < references.size(); i++) {
      List<Block> ofFeature = blocks.isEmpty() ? List.of() : blocks.get(i);
      SeasonalReference reference =
          drift.reference() == dev.millrace.schemas.pipeline.Reference.HOUR_OF_WEEK
              ? SeasonalReference.of(
                  references.get(i), ofFeature, drift.window(), drift.minSamples())
              : SeasonalReference.constant(references.get(i));
      seasonal.add(reference);
      baselines.add(BlockBaseline.of(reference, ofFeature, drift.minSamples()));
    }
    return WindowComparison.bySeason(
        seasonal,
        baselines,
        new FeatureComparison(budget.perFeature(), drift.minEffect(), drift.minSamples()),
        CalmSpan.of(drift.window(), drift.season()),
        state);
  }

  /**
   * Compares the next window.
   *
   * @param delivered tests of how each feature was delivered, of all predictions
   */
  public WindowResults of(
      long startMillis, WindowCounts counts, IntFunction<List<TestResult>> delivered) {
    List<OfSlice> ofSlices = new ArrayList<>();
    for (int i = 0; i < slices.size(); i++) {
      int number = i;
      SliceComparison each = slices.get(i);
      List<Profile> profiles =
          each.features().stream().map(feature -> counts.profile(number, feature)).toList();
      ofSlices.add(
          new OfSlice(
              each.slice(),
              counts.samples(i),
              profiles,
              each.windows().of(startMillis, profiles::get)));
    }
    return new WindowResults(all.of(startMillis, counts::profile, delivered), ofSlices);
  }

  /** Ends the window that {@link #of} compared last. */
  public void after(Outcome outcome) {
    all.after(outcome.all(), outcome.ended());
    for (int i = 0; i < slices.size(); i++) {
      slices.get(i).windows().after(outcome.slices().get(i), outcome.ended());
    }
  }

  /** The state after the windows so far. */
  public byte[] state() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(1 + slices.size());
      write(out, all);
      for (SliceComparison each : slices) {
        write(out, each.windows());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, WindowComparison windows) throws IOException {
    byte[] state = windows.state();
    out.writeInt(state.length);
    out.write(state);
  }

  /** The state of each comparison; null where there is none, or that of other slices. */
  private static List<byte @Nullable []> decode(byte @Nullable [] state, int size) {
    List<byte @Nullable []> states = new ArrayList<>();
    try (DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(state == null ? new byte[4] : state))) {
      boolean fits = in.readInt() == size;
      for (int i = 0; i < size; i++) {
        states.add(fits ? in.readNBytes(in.readInt()) : null);
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("the calibration of windows is damaged", e);
    }
    return states;
  }
}
