package dev.millrace.schemas.flink.job;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Submits a job to a cluster. */
public final class SubmissionTarget {
  private SubmissionTarget() {}

  /**
   * The environment of the cluster whose client runs this process; without such a client, of a
   * cluster in this process.
   */
  public static StreamExecutionEnvironment environment(Configuration settings) {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.configure(settings);
    return env;
  }

  /**
   * Submits the operators of the environment as a job, and prints its name and id.
   *
   * @throws Exception if the cluster does not accept the job
   */
  public static void submit(StreamExecutionEnvironment env, String jobName) throws Exception {
    JobClient job = env.executeAsync(jobName);
    System.out.printf("%s: job %s%n", jobName, job.getJobID());
  }
}
