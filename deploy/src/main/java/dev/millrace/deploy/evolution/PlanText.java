package dev.millrace.deploy.evolution;

import dev.millrace.deploy.evolution.Plan.Affected;
import dev.millrace.deploy.evolution.Plan.Backfill;
import dev.millrace.deploy.evolution.Plan.Kind;
import dev.millrace.deploy.evolution.Plan.SchemaCheck;
import dev.millrace.deploy.evolution.Plan.ViewChange;
import dev.millrace.deploy.platform.PartialApply;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** A plan as text for people: what changes, what is read again, and what restarts. */
final class PlanText {
  private final Plan plan;
  private final StringBuilder text = new StringBuilder();

  private PlanText(Plan plan) {
    this.plan = plan;
  }

  static String of(Plan plan) {
    return new PlanText(plan).write();
  }

  /** What is known of an apply that was interrupted, and what the next one does about it. */
  static String of(PartialApply.Interrupted interrupted, Plan plan) {
    if (!interrupted.same()) {
      return "An earlier 'millrace apply' of %s was interrupted, and some processes may run with that file. 'millrace apply' with this file restarts all of them."
          .formatted(interrupted.definition());
    }
    return plan.isEmpty()
        ? "An earlier 'millrace apply' of this file was interrupted after the file was in service. 'millrace apply' ends what other generations have left."
        : "An earlier 'millrace apply' of this file was interrupted. 'millrace apply' continues it: the steps below are repeated, except that a features job that runs already stays.";
  }

  private String write() {
    line("%s: %s".formatted(plan.pipeline(), summary()));
    if (plan.isEmpty()) {
      return text.toString();
    }
    views();
    if (plan.freshStart() != null && plan.returns()) {
      line(
          "%n  The features job goes on from the newest checkpoint of generation %s, and reads what has come since. If there is none, every view is read from the beginning: %s."
              .formatted(plan.generation(), plan.freshStart()));
    } else if (plan.freshStart() != null) {
      line("%n  Every view is read from the beginning: %s.".formatted(plan.freshStart()));
    }
    if (!plan.lookups().isEmpty()) {
      line("%nlookups".formatted());
      plan.lookups().forEach(lookup -> line("    %s".formatted(lookup)));
    }
    for (var part : plan.parts()) {
      line("%n%s".formatted(part.part()));
      part.differences().forEach(difference -> line("    %s".formatted(difference)));
    }
    topics();
    schemas();
    steps();
    if (!plan.problems().isEmpty()) {
      line("%nNot possible:".formatted());
      plan.problems().forEach(problem -> line("  %s".formatted(problem)));
    }
    return text.toString();
  }

  private String summary() {
    if (plan.serving() == null) {
      return "nothing is known to serve; this definition is generation " + plan.generation();
    }
    if (plan.isEmpty()) {
      return "no changes; generation %s serves".formatted(plan.generation());
    }
    List<String> counts = new ArrayList<>();
    count(counts, Kind.CHANGED, "changed");
    count(counts, Kind.NEW, "new");
    count(counts, Kind.REMOVED, "removed");
    count(counts, Kind.UNCHANGED, "unchanged");
    String views = counts.isEmpty() ? "no views" : "views: " + String.join(", ", counts);
    return plan.isNewGeneration()
        ? "%s; generation %s -> %s".formatted(views, plan.serving(), plan.generation())
        : "%s; generation %s stays".formatted(views, plan.generation());
  }

  private void count(List<String> counts, Kind kind, String word) {
    long count = plan.views().stream().filter(view -> view.kind() == kind).count();
    if (count > 0) {
      counts.add(count + " " + word);
    }
  }

  private void views() {
    line("");
    for (ViewChange view : plan.views()) {
      String versions =
          switch (view.kind()) {
            case UNCHANGED -> Objects.toString(view.to());
            case NEW -> "version " + view.to();
            case CHANGED -> view.from() + " -> " + view.to();
            case REMOVED -> "version " + view.from();
          };
      String word = view.kind().name().toLowerCase(Locale.ROOT);
      line("  %s %-9s view %s  %s".formatted(sign(view.kind()), word, view.view(), versions));
      view.differences().forEach(difference -> line("      %s".formatted(difference)));
      plan.backfills().stream()
          .filter(backfill -> backfill.view().equals(view.view()))
          .forEach(backfill -> line("      backfilled from %s".formatted(text(backfill))));
    }
  }

  private static String sign(Kind kind) {
    return switch (kind) {
      case UNCHANGED -> " ";
      case NEW -> "+";
      case CHANGED -> "~";
      case REMOVED -> "-";
    };
  }

  private static String text(Backfill backfill) {
    List<String> ranges = new ArrayList<>();
    for (var range : backfill.ranges()) {
      ranges.add("%d: %d to %d".formatted(range.partition(), range.from(), range.to()));
    }
    return "%s: at most %,d records (offsets of partition %s)"
        .formatted(backfill.topic(), backfill.records(), String.join(", ", ranges));
  }

  private void topics() {
    if (!plan.newTopics().isEmpty() || !plan.retiredTopics().isEmpty()) {
      line("%ntopics".formatted());
      plan.newTopics().forEach(topic -> line("  + %s".formatted(topic)));
      plan.retiredTopics()
          .forEach(topic -> line("  - %s  (kept, but not written any more)".formatted(topic)));
    }
  }

  private void schemas() {
    List<SchemaCheck> rejected =
        plan.schemas().stream().filter(check -> !check.reasons().isEmpty()).toList();
    line("%nschemas".formatted());
    line(
        "    %d of %d accepted by the registry"
            .formatted(plan.schemas().size() - rejected.size(), plan.schemas().size()));
    for (SchemaCheck check : rejected) {
      line("  ! %s".formatted(check.subject()));
      check
          .reasons()
          .forEach(reason -> line("      %s".formatted(reason.strip().replace("\n", " "))));
      line("      A new field needs a default; a field whose type changes needs another name.");
    }
  }

  private void steps() {
    line("%nprocesses".formatted());
    line(
        "    ingest     %s"
            .formatted(plan.restarts().contains(Affected.INGEST) ? "restarts" : "stays"));
    if (plan.isNewGeneration() && plan.serving() != null) {
      line(
          "    features   a job of the new generation beside the running one, until it has caught up");
    } else {
      line("    features   %s".formatted(restartsOrStays(Affected.FEATURES)));
    }
    line("    inference  %s".formatted(restartsOrStays(Affected.INFERENCE)));
    line("    drift      %s".formatted(restartsOrStays(Affected.DRIFT)));
    if (plan.restarts().contains(Affected.RETRAIN)) {
      line("    retrain    restarts, if the pipeline has retrain.call");
    }
    plan.abandoned()
        .forEach(
            generation ->
                line("    the job of generation %s, begun before, ends".formatted(generation)));
  }

  private String restartsOrStays(Affected process) {
    return plan.restarts().contains(process) ? "restarts" : "stays";
  }

  private void line(String line) {
    text.append(line).append(System.lineSeparator());
  }
}
