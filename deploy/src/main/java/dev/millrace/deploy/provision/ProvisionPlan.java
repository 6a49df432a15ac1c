package dev.millrace.deploy.provision;

import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.Topics;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What a cluster lacks of a pipeline, and how it differs.
 *
 * @param missing topics that do not exist, with all settings that they are created with
 * @param differences of existing topics
 * @param subjects what is to be done with subjects; none of those that are as wanted
 * @param existingTopics number of the pipeline's topics that exist
 */
public record ProvisionPlan(
    List<Topics.Topic> missing,
    List<Difference> differences,
    List<SubjectChange> subjects,
    int existingTopics) {
  private static final Set<SubjectChange.Kind> NOT_ALLOWED =
      Set.of(SubjectChange.Kind.INCOMPATIBLE, SubjectChange.Kind.WEAK_COMPATIBILITY);

  public ProvisionPlan {
    missing = List.copyOf(missing);
    differences = List.copyOf(differences);
    subjects = List.copyOf(subjects);
  }

  /** Compares a pipeline with what exists. */
  public static ProvisionPlan of(Pipeline pipeline, Existing existing, Replication replication) {
    List<Topics.Topic> missing = new ArrayList<>();
    List<Difference> differences = new ArrayList<>();
    List<SubjectChange> subjects = new ArrayList<>();
    TopicComparison comparison = new TopicComparison(pipeline, replication);
    for (Topics.Topic topic : Topics.of(pipeline)) {
      TopicState found = existing.topics().get(topic.name());
      if (found == null) {
        Map<String, String> settings = comparison.settings(topic);
        missing.add(new Topics.Topic(topic.name(), topic.partitions(), topic.schema(), settings));
      } else {
        differences.addAll(comparison.differences(topic, found));
      }
      if (topic.schema() != null) {
        String subject = WireFormat.subject(topic.name());
        SubjectState state = existing.subjects().getOrDefault(subject, SubjectState.MISSING);
        change(state)
            .forEach(
                (kind, reasons) ->
                    subjects.add(
                        new SubjectChange(
                            subject, Objects.requireNonNull(topic.schema()), kind, reasons)));
      }
    }
    return new ProvisionPlan(missing, differences, subjects, existing.topics().size());
  }

  private static Map<SubjectChange.Kind, List<String>> change(SubjectState state) {
    if (!state.exists()) {
      return Map.of(SubjectChange.Kind.CREATE, List.of());
    }
    if (!state.incompatibilities().isEmpty()) {
      return Map.of(SubjectChange.Kind.INCOMPATIBLE, state.incompatibilities());
    }
    Map<SubjectChange.Kind, List<String>> changes = new EnumMap<>(SubjectChange.Kind.class);
    if (!state.registered()) {
      changes.put(SubjectChange.Kind.NEW_VERSION, List.of());
    }
    if (state.compatibility() == null) {
      changes.put(SubjectChange.Kind.SET_COMPATIBILITY, List.of());
    } else if (!state.isBackward()) {
      changes.put(SubjectChange.Kind.WEAK_COMPATIBILITY, List.of(state.compatibility()));
    }
    return changes;
  }

  /** The differences of some kinds. */
  public List<Difference> differences(Set<Difference.Kind> kinds) {
    return differences.stream().filter(each -> kinds.contains(each.kind())).toList();
  }

  /**
   * What is not as wanted after this plan was applied, without what an operator has chosen.
   *
   * @param mended the kinds of differences that are altered
   */
  public List<Difference> left(Set<Difference.Kind> mended) {
    return differences.stream()
        .filter(each -> each.kind() != Difference.Kind.CHOSEN && !mended.contains(each.kind()))
        .toList();
  }

  /**
   * The subjects that are not as wanted after this plan was applied.
   *
   * @param mended the kinds of differences that are altered
   */
  public List<SubjectChange> subjectsLeft(Set<Difference.Kind> mended) {
    return subjects.stream()
        .filter(
            each ->
                each.kind() == SubjectChange.Kind.INCOMPATIBLE
                    || (each.kind() == SubjectChange.Kind.WEAK_COMPATIBILITY
                        && !mended.contains(Difference.Kind.SAFE)))
        .toList();
  }

  /** Whether there is nothing to create or register. */
  public boolean createsNothing() {
    return missing.isEmpty()
        && subjects.stream().allMatch(change -> NOT_ALLOWED.contains(change.kind()));
  }
}
