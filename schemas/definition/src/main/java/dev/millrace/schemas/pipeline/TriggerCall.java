package dev.millrace.schemas.pipeline;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP call that is made for each retraining trigger.
 *
 * @param url that receives the trigger, or the base URL of Airflow
 * @param airflow the DAG that is started; null: the trigger itself is sent to the URL
 * @param credentials null: the receiver needs none
 * @param maxAge time since its publication after which a trigger is not called any more; 7 d by
 *     default
 */
public record TriggerCall(
    String url, @Nullable Airflow airflow, @Nullable Credentials credentials, Duration maxAge)
    implements Serializable {

  /**
   * A DAG of Airflow.
   *
   * @param dag its id
   * @param api the version of Airflow's REST API
   */
  public record Airflow(String dag, Api api) implements Serializable {}

  /** A version of Airflow's REST API. */
  public enum Api {
    /** Of Airflow 2. */
    V1,
    /** Of Airflow 3. */
    V2
  }
}
