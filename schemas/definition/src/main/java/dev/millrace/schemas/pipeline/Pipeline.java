package dev.millrace.schemas.pipeline;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline.
 *
 * @param name usable in topic names and as part of an Avro namespace
 * @param guarantee exactly_once by default
 * @param partitions of the topics that hold events; 4 by default
 * @param sources by name, in the file's order
 * @param score name of the source whose events are scored
 * @param align whether a scored event's features are computed only when their sources have passed
 *     its time, so that they depend on the data alone
 * @param features the views by name, in the file's order
 * @param lookups by name: the file's, then one for each view that none of them names
 * @param model null: the pipeline collects training data
 * @param labels null: no outcomes
 * @param drift null: drift is not detected
 * @param retrain null: retraining is never triggered
 * @param skew null: serving skew is reported, but never an alarm
 */
public record Pipeline(
    String name,
    Guarantee guarantee,
    int partitions,
    Map<String, Source> sources,
    String score,
    boolean align,
    Map<String, FeatureView> features,
    Map<String, Lookup> lookups,
    @Nullable Model model,
    @Nullable Labels labels,
    @Nullable Drift drift,
    @Nullable Retrain retrain,
    @Nullable Skew skew) {
  public Pipeline {
    sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources));
    features = Collections.unmodifiableMap(new LinkedHashMap<>(features));
    lookups = Collections.unmodifiableMap(new LinkedHashMap<>(lookups));
  }

  /**
   * The same without {@code align} and {@code skew}, with the lookups of {@link Lookups#ofViews}.
   */
  public Pipeline(
      String name,
      Guarantee guarantee,
      int partitions,
      Map<String, Source> sources,
      String score,
      Map<String, FeatureView> features,
      @Nullable Model model,
      @Nullable Labels labels,
      @Nullable Drift drift,
      @Nullable Retrain retrain) {
    this(
        name,
        guarantee,
        partitions,
        sources,
        score,
        false,
        features,
        Lookups.ofViews(features),
        model,
        labels,
        drift,
        retrain,
        null);
  }

  /** This pipeline with {@code align}, and so without {@code skew}. */
  public Pipeline aligned() {
    return new Pipeline(
        name,
        guarantee,
        partitions,
        sources,
        score,
        true,
        features,
        lookups,
        model,
        labels,
        drift,
        retrain,
        null);
  }

  /** This pipeline with another {@code drift}. */
  public Pipeline withDrift(Drift other) {
    return new Pipeline(
        name,
        guarantee,
        partitions,
        sources,
        score,
        align,
        features,
        lookups,
        model,
        labels,
        other,
        retrain,
        skew);
  }

  /** The source whose events are scored. */
  public Source scored() {
    return source(score);
  }

  /**
   * Whether a view is looked up by the key of the scored source only, and has it as its entity: the
   * rows of the entity that an event names are then in the partition of the event.
   */
  public boolean isKeyedAsScored(FeatureView view) {
    EntityKey key = EntityKey.of(scored().key());
    return view.entity().equals(key)
        && lookups.values().stream()
            .filter(lookup -> lookup.view().name().equals(view.name()))
            .allMatch(lookup -> lookup.key().equals(key));
  }

  /**
   * Whether the vectors hold the newest features of each entity of a view, so that its feature
   * topic needs no rows for events: it {@linkplain #isKeyedAsScored is keyed as the scored source}
   * and made of it.
   */
  public boolean isFedByVectors(FeatureView view) {
    return view.from().equals(score) && isKeyedAsScored(view);
  }

  /**
   * Whether the rows of a view are kept in the partition of their entity, which may be another than
   * that of the events that look them up: {@code join: repartition}.
   */
  public boolean isRepartitioned(FeatureView view) {
    return view.join() == Join.REPARTITION && !isKeyedAsScored(view);
  }

  /**
   * Whether the rows of a view are {@linkplain #isRepartitioned in the partition of the entity}.
   */
  public boolean hasRepartitionedViews() {
    return features.values().stream().anyMatch(this::isRepartitioned);
  }

  /**
   * A source by its name: one of producers, or what the views that are made of {@link Feedback} see
   * as their source.
   *
   * @throws IllegalArgumentException if the pipeline has none of that name
   */
  public Source source(String sourceName) {
    Feedback feedback = Feedback.of(sourceName);
    Source found = feedback == null ? sources.get(sourceName) : feedback.source(scored(), labels);
    if (found == null) {
      throw new IllegalArgumentException("pipeline " + name + " has no source " + sourceName);
    }
    return found;
  }

  /**
   * The sources from which vectors are computed: the scored one and those of the views that are
   * looked up, {@link Feedback} after the others; none if no view is looked up.
   */
  public List<Source> featureSources() {
    if (lookups.isEmpty()) {
      return List.of();
    }
    Set<String> used =
        lookups.values().stream().map(lookup -> lookup.view().from()).collect(Collectors.toSet());
    Stream<Source> ofProducers =
        sources.values().stream()
            .filter(source -> source.name().equals(score) || used.contains(source.name()));
    Stream<Source> own =
        Arrays.stream(Feedback.values())
            .filter(feedback -> used.contains(feedback.sourceName()))
            .map(feedback -> source(feedback.sourceName()));
    return Stream.concat(ofProducers, own).toList();
  }

  /**
   * The fields of a source, other than its id and key, whose values name entities of views: they
   * are copied into keys of records.
   */
  public List<String> entityFields(Source source) {
    boolean isScored = source.name().equals(score);
    Stream<EntityKey> ofViews =
        features.values().stream()
            .filter(
                view ->
                    view.from().equals(source.name())
                        || (isScored && Feedback.of(view.from()) != null))
            .map(FeatureView::entity);
    Stream<EntityKey> ofLookups =
        isScored ? lookups.values().stream().map(Lookup::key) : Stream.of();
    return Stream.concat(ofViews, ofLookups)
        .flatMap(key -> key.fields().stream())
        .filter(field -> !field.equals(source.id()) && !field.equals(source.key()))
        .filter(field -> source.schema().getField(field) != null)
        .distinct()
        .toList();
  }

  /** Whether a view is made of predictions or outcomes. */
  public boolean hasFeedback() {
    return features.values().stream().anyMatch(view -> Feedback.of(view.from()) != null);
  }

  /**
   * The fields of the scored event that predictions and outcomes contain for the views that are
   * made of them, in the order of the event's schema.
   */
  public List<String> contextFields() {
    return hasFeedback() ? Feedback.context(scored(), features.values()) : List.of();
  }

  /**
   * The inputs in predictions: the model's, or without a model every field of the scored source
   * that is a number, a text or a boolean, but its id and time, and every feature of every lookup.
   */
  public List<ModelInput> inputs() {
    return model != null ? model.inputs() : ModelInputs.all(scored(), lookups.values());
  }
}
