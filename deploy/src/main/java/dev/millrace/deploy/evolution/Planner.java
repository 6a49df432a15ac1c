package dev.millrace.deploy.evolution;

import dev.millrace.deploy.evolution.Plan.Affected;
import dev.millrace.deploy.evolution.Plan.Backfill;
import dev.millrace.deploy.evolution.Plan.Kind;
import dev.millrace.deploy.evolution.Plan.PartChange;
import dev.millrace.deploy.evolution.Plan.SchemaCheck;
import dev.millrace.deploy.evolution.Plan.ViewChange;
import dev.millrace.deploy.generation.DefinitionParts;
import dev.millrace.schemas.avro.FeatureGeneration;
import dev.millrace.schemas.avro.GenerationStatus;
import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Feedback;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ViewVersion;
import dev.millrace.schemas.topics.Topics;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes the plan of a definition. It reads and changes nothing. */
final class Planner {
  private final Pipeline pipeline;
  private final Observed observed;
  private final @Nullable FeatureGeneration serving;
  private final List<String> problems = new ArrayList<>();

  private Planner(Pipeline pipeline, Observed observed) {
    this.pipeline = pipeline;
    this.observed = observed;
    this.serving = observed.serving();
  }

  static Plan plan(Pipeline pipeline, Observed observed) {
    return new Planner(pipeline, observed).plan();
  }

  private Plan plan() {
    String generation = Generation.of(pipeline);
    List<ViewChange> views = views();
    Map<String, Set<String>> changedKeys = new LinkedHashMap<>();
    List<PartChange> parts = parts(changedKeys);
    Set<Affected> restarts = new ProcessesOfParts(pipeline).of(changedKeys);
    if (serving == null) {
      restarts = EnumSet.allOf(Affected.class);
    } else if (!generation.equals(serving.getGeneration())) {
      restarts.add(Affected.FEATURES);
      restarts.add(Affected.INFERENCE);
    }
    String freshStart = freshStart(generation);
    boolean returns = freshStart != null && returns(generation);
    return new Plan(
        pipeline.name(),
        serving == null ? null : serving.getGeneration(),
        generation,
        views,
        lookups(),
        parts,
        freshStart,
        returns,
        returns ? List.of() : backfills(views, freshStart != null),
        abandoned(generation),
        newTopics(),
        retiredTopics(),
        schemas(),
        restarts,
        List.copyOf(problems));
  }

  private List<ViewChange> views() {
    Map<String, dev.millrace.schemas.avro.ViewVersion> before = new LinkedHashMap<>();
    if (serving != null) {
      serving.getViews().forEach(view -> before.put(view.getView(), view));
    }
    List<ViewChange> views = new ArrayList<>();
    for (ViewVersion now : ViewVersion.all(pipeline)) {
      var old = before.remove(now.view());
      if (old == null) {
        views.add(new ViewChange(now.view(), Kind.NEW, null, now.version(), List.of()));
      } else {
        boolean same = old.getVersion().equals(now.version());
        views.add(
            new ViewChange(
                now.view(),
                same ? Kind.UNCHANGED : Kind.CHANGED,
                old.getVersion(),
                now.version(),
                same ? List.of() : LineDifference.of(old.getDefinition(), now.definition())));
      }
    }
    before
        .values()
        .forEach(
            old ->
                views.add(
                    new ViewChange(
                        old.getView(), Kind.REMOVED, old.getVersion(), null, List.of())));
    return views;
  }

  private List<String> lookups() {
    if (serving == null) {
      return List.of();
    }
    List<String> now = new ArrayList<>(Generation.lookups(pipeline));
    List<String> before = new ArrayList<>(serving.getLookups());
    List<String> both = new ArrayList<>(now);
    both.retainAll(before);
    now.removeAll(both);
    before.removeAll(both);
    List<String> lines = new ArrayList<>();
    before.forEach(lookup -> lines.add("- " + lookup));
    now.forEach(lookup -> lines.add("+ " + lookup));
    return lines;
  }

  private List<PartChange> parts(Map<String, Set<String>> changedKeys) {
    if (serving == null) {
      return List.of();
    }
    Map<String, String> before = serving.getParts();
    Map<String, String> now = DefinitionParts.of(pipeline);
    Set<String> names = new TreeSet<>(before.keySet());
    names.addAll(now.keySet());
    List<PartChange> changes = new ArrayList<>();
    for (String name : names) {
      String old = before.getOrDefault(name, "");
      String text = now.getOrDefault(name, "");
      // The settings of a view come and go with the view, which is listed itself.
      boolean ofView = name.startsWith(DefinitionParts.VIEW) && (old.isEmpty() || text.isEmpty());
      if (!old.equals(text) && !ofView) {
        changes.add(new PartChange(name, LineDifference.of(old, text)));
        changedKeys.put(name, LineDifference.keys(old, text));
      }
    }
    Set<String> pipelineKeys = changedKeys.getOrDefault(DefinitionParts.PIPELINE, Set.of());
    if (pipelineKeys.contains("partitions")) {
      problems.add(
          "partitions cannot change: the keys of all topics would move. Run the definition as a pipeline of another name, and replay the events.");
    }
    if (pipelineKeys.contains("score")) {
      problems.add(
          "score cannot change: the predictions would be of other events. Run the definition as a pipeline of another name.");
    }
    return changes;
  }

  /** The reasons for which the features job does not accept the state of another generation. */
  private @Nullable String freshStart(String generation) {
    if (serving == null || generation.equals(serving.getGeneration())) {
      return null;
    }
    if (!serving.getScored().equals(Generation.scored(pipeline))) {
      return "the scored source was %s".formatted(serving.getScored());
    }
    if (readsFeedback(serving)) {
      return "views of predictions or outcomes are read from the beginning";
    }
    boolean wasAligned =
        serving.getViews().stream()
            .anyMatch(view -> view.getDefinition().lines().anyMatch("align: true"::equals));
    return pipeline.align() || wasAligned
        ? "in an aligned pipeline questions wait in the state of every lookup"
        : null;
  }

  /** Whether the generation has run before, and its topics still exist. */
  private boolean returns(String generation) {
    FeatureGeneration before = observed.generations().get(generation);
    return before != null && before.getStatus() != GenerationStatus.DELETED;
  }

  private boolean readsFeedback(FeatureGeneration before) {
    return Stream.concat(
            pipeline.features().values().stream().map(FeatureView::from),
            before.getViews().stream()
                .flatMap(view -> view.getDefinition().lines().limit(1))
                .map(line -> line.replace("from: ", "")))
        .anyMatch(source -> Feedback.of(source) != null);
  }

  private List<Backfill> backfills(List<ViewChange> views, boolean all) {
    List<Backfill> backfills = new ArrayList<>();
    if (serving == null) {
      return backfills; // The first job reads everything.
    }
    for (ViewChange view : views) {
      var definition = pipeline.features().get(view.view());
      boolean reads = all || view.kind() == Kind.NEW || view.kind() == Kind.CHANGED;
      if (reads && definition != null) {
        String topic = Topics.clean(pipeline, definition.from());
        backfills.add(
            new Backfill(view.view(), topic, observed.ranges().getOrDefault(topic, List.of())));
      }
    }
    return backfills;
  }

  private List<String> abandoned(String generation) {
    return observed.generations().values().stream()
        .filter(other -> other.getStatus() == GenerationStatus.BACKFILLING)
        .map(FeatureGeneration::getGeneration)
        .filter(other -> !other.equals(generation))
        .sorted()
        .toList();
  }

  private List<String> newTopics() {
    return Topics.of(pipeline).stream()
        .map(Topics.Topic::name)
        .filter(topic -> !observed.topics().contains(topic))
        .toList();
  }

  private List<String> retiredTopics() {
    String prefix = "millrace." + pipeline.name() + ".";
    Set<String> used = new TreeSet<>();
    Topics.of(pipeline).forEach(topic -> used.add(topic.name()));
    return observed.topics().stream()
        .filter(
            topic ->
                topic.startsWith(prefix + "features.") || topic.startsWith(prefix + "vectors."))
        .filter(topic -> !used.contains(topic))
        .sorted()
        .toList();
  }

  private List<SchemaCheck> schemas() {
    return Topics.of(pipeline).stream()
        .filter(topic -> topic.schema() != null)
        .map(topic -> WireFormat.subject(topic.name()))
        .distinct()
        .map(
            subject ->
                new SchemaCheck(
                    subject, observed.incompatibilities().getOrDefault(subject, List.of())))
        .toList();
  }
}
