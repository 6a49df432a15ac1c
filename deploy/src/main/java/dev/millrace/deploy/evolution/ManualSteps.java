package dev.millrace.deploy.evolution;

import dev.millrace.deploy.evolution.Plan.Affected;
import dev.millrace.schemas.pipeline.ProcessNames;
import java.util.ArrayList;
import java.util.List;

/** What people do by hand where the processes are not those of a local platform. */
final class ManualSteps {
  private ManualSteps() {}

  /**
   * The steps that are left, in their order.
   *
   * @param submitted whether the job of the new generation has been submitted
   */
  static String of(Plan plan, boolean submitted) {
    List<String> steps = new ArrayList<>();
    if (plan.restarts().contains(Affected.INGEST)) {
      steps.add("restart ingest with this file");
    }
    if (plan.isNewGeneration() && !submitted) {
      if (plan.serving() != null) {
        steps.add(
            "write a savepoint of the job %s, and leave it running"
                .formatted(ProcessNames.featuresJob(plan.pipeline(), plan.serving())));
      }
      steps.add(
          "submit dev.millrace.features.FeaturesMain with this file"
              + (plan.serving() == null ? "" : " and --restore SAVEPOINT"));
      steps.add("run this command again: it waits until the new job has caught up");
      return text(steps);
    }
    if (!plan.isNewGeneration() && plan.restarts().contains(Affected.FEATURES)) {
      steps.add("cancel the features job and submit it again with this file");
    }
    if (plan.restarts().contains(Affected.INFERENCE)) {
      steps.add("restart inference with this file");
    }
    if (plan.restarts().contains(Affected.DRIFT)) {
      steps.add("cancel the drift job and submit it again with this file");
    }
    if (plan.restarts().contains(Affected.RETRAIN)) {
      steps.add("restart the service retrain, if there is one or the file has retrain.call");
    }
    steps.add("run this command again with --mark-serving");
    return text(steps);
  }

  private static String text(List<String> steps) {
    StringBuilder text =
        new StringBuilder(
            "%nTopics and schemas exist. The processes of this cluster were not started by 'millrace up'; do by hand:%n"
                .formatted());
    for (int i = 0; i < steps.size(); i++) {
      text.append("  %d. %s%n".formatted(i + 1, steps.get(i)));
    }
    return text.toString().stripTrailing();
  }
}
