package dev.millrace.schemas.flink.job;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The cluster that a job is submitted to. */
public final class JobSubmission {
  private JobSubmission() {}

  /**
   * The environment of the cluster whose client runs this process, or of a cluster in this process
   * where no client runs it.
   */
  public static StreamExecutionEnvironment environment(Configuration settings) {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.configure(settings);
    return env;
  }

  /**
   * Submits what was added to the environment, and prints the job's name and id.
   *
   * @throws Exception if the cluster does not accept the job
   */
  public static void submit(StreamExecutionEnvironment env, String jobName) throws Exception {
    JobClient job = env.executeAsync(jobName);
    System.out.printf("%s: job %s%n", jobName, job.getJobID());
  }
}
