package dev.millrace.schemas.flink.job;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Submits a job to a cluster. */
public final class SubmissionTarget {
  private SubmissionTarget() {}

  /**
   * The environment of the cluster whose client runs this process; without such a client, of a
   * cluster in this process. State backend, retention, restarts and buffer timeout are those of the
   * cluster's configuration where it has them.
   */
  public static StreamExecutionEnvironment environment(Configuration settings) {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    Configuration job = new Configuration(settings);
    ClusterSettings.prefer(env.getConfiguration(), job);
    env.configure(job);
    return env;
  }

  /**
   * Submits the operators of the environment as a job, and prints its name and id.
   *
   * @throws IllegalStateException if the cluster keeps checkpoints in memory
   * @throws Exception if the cluster does not accept the job
   */
  public static void submit(StreamExecutionEnvironment env, String jobName) throws Exception {
    ClusterSettings.requireDurableCheckpoints(env.getConfiguration());
    JobClient job = env.executeAsync(jobName);
    System.out.printf("%s: job %s%n", jobName, job.getJobID());
  }
}
