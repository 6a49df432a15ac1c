package dev.millrace.deploy.flink;

import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Submits one job to a local cluster that runs in another process; {@code millrace apply} starts
 * it. A process of its own, so that the classes and the memory of a submission end with it.
 */
public final class SubmitMain {
  @Option(names = "--job", required = true)
  private JobSubmission.Job job = JobSubmission.Job.FEATURES;

  @Mixin private final JobSubmission submission = new JobSubmission();

  private SubmitMain() {}

  /** Exits with 0 when the cluster has accepted the job, 1 with the reason on standard error. */
  public static void main(String[] arguments) {
    var main = new SubmitMain();
    new CommandLine(main).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments);
    System.exit(main.submit());
  }

  private int submit() {
    try {
      submission.submit(job);
      return 0;
    } catch (ReflectiveOperationException e) {
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      System.err.println(root.getMessage() == null ? root.toString() : root.getMessage());
      return 1;
    }
  }
}
