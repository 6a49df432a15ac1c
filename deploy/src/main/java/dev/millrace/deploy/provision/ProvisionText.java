package dev.millrace.deploy.provision;

import dev.millrace.deploy.provision.Difference.Kind;
import dev.millrace.schemas.topics.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** A plan as text for people: what is created, what differs, and the commands that mend it. */
public final class ProvisionText {
  private final ProvisionPlan plan;
  private final Set<Kind> mended;
  private final Replication replication;
  private final String bootstrapServers;
  private final List<String> lines = new ArrayList<>();

  private ProvisionText(
      ProvisionPlan plan, Set<Kind> mended, Replication replication, String bootstrapServers) {
    this.plan = plan;
    this.mended = mended;
    this.replication = replication;
    this.bootstrapServers = bootstrapServers;
  }

  /**
   * The lines.
   *
   * @param mended the kinds of differences that are altered
   * @param done whether the plan was applied, or only could be
   */
  public static List<String> of(
      ProvisionPlan plan,
      Set<Kind> mended,
      Replication replication,
      String bootstrapServers,
      boolean done) {
    return new ProvisionText(plan, mended, replication, bootstrapServers).write(done);
  }

  private List<String> write(boolean done) {
    plan.missing().forEach(this::missing);
    plan.subjects().forEach(this::subject);
    plan.differences(mended)
        .forEach(each -> lines.add("  ~ %s: %s".formatted(each.topic(), each.text())));
    plan.differences(Set.of(Kind.CHOSEN))
        .forEach(
            each ->
                lines.add(
                    "    %s: %s is %s, set by an operator, and kept; the default is %s"
                        .formatted(each.topic(), each.setting(), each.found(), each.wanted())));
    List<Difference> left = plan.left(mended);
    List<SubjectChange> subjectsLeft = plan.subjectsLeft(mended);
    for (Difference each : left) {
      lines.add("  ! %s: %s%s".formatted(each.topic(), each.text(), warning(each)));
      lines.add("      " + each.remedy(bootstrapServers));
    }
    lines.add(summary(done, left.size() + subjectsLeft.size()));
    if (left.stream().anyMatch(each -> each.kind() == Kind.SAFE)
        || subjectsLeft.stream()
            .anyMatch(each -> !each.kind().equals(SubjectChange.Kind.INCOMPATIBLE))) {
      lines.add("The same command with --alter changes the settings by which no record is lost.");
    }
    return lines;
  }

  private static String warning(Difference difference) {
    return difference.kind() == Kind.LOSSY
        ? "; changing it can delete records of the topic, so it is left to you:"
        : ":";
  }

  private void missing(Topics.Topic topic) {
    lines.add(
        "  + topic %s: %d partitions, %s"
            .formatted(
                topic.name(),
                topic.partitions(),
                replication.factor() == null
                    ? "the brokers' replication"
                    : "%d replicas".formatted(replication.factor())));
    new TreeMap<>(topic.config())
        .forEach((name, value) -> lines.add("      %s=%s".formatted(name, value)));
  }

  private void subject(SubjectChange change) {
    boolean isLeft = plan.subjectsLeft(mended).contains(change);
    switch (change.kind()) {
      case CREATE -> lines.add("  + subject %s, BACKWARD".formatted(change.subject()));
      case NEW_VERSION -> lines.add("  + a version of subject %s".formatted(change.subject()));
      case SET_COMPATIBILITY ->
          lines.add("  ~ subject %s: compatibility BACKWARD".formatted(change.subject()));
      case WEAK_COMPATIBILITY ->
          lines.add(
              "  %s subject %s: its compatibility is %s, BACKWARD is wanted"
                  .formatted(isLeft ? "!" : "~", change.subject(), change.found().get(0)));
      case INCOMPATIBLE -> {
        lines.add(
            "  ! subject %s: the registry does not accept the schema:".formatted(change.subject()));
        change.found().forEach(reason -> lines.add("      " + reason.strip().replace('\n', ' ')));
        lines.add(
            "      A new field needs a default; a field whose type changes needs another name.");
      }
    }
  }

  private String summary(boolean done, int left) {
    List<String> parts = new ArrayList<>();
    String created = done ? "created" : "to create";
    parts.add("topics that exist: %d".formatted(plan.existingTopics()));
    add(parts, "topics " + created, plan.missing().size());
    add(
        parts,
        "subjects " + (done ? "changed" : "to change"),
        plan.subjects().size() - plan.subjectsLeft(mended).size());
    add(parts, "settings " + (done ? "altered" : "to alter"), plan.differences(mended).size());
    add(parts, "left to mend", left);
    if (left == 0) {
      parts.add("nothing differs");
    }
    return String.join(", ", parts) + ".";
  }

  private static void add(List<String> parts, String what, int count) {
    if (count > 0) {
      parts.add("%s: %d".formatted(what, count));
    }
  }
}
