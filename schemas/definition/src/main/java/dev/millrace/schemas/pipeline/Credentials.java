package dev.millrace.schemas.pipeline;

import java.io.Serializable;

/** How a call proves who sends it. */
public sealed interface Credentials extends Serializable {

  /** A token, sent as {@code Authorization: Bearer}. */
  record Token(Secret token) implements Credentials {}

  /**
   * A user name and a password: HTTP basic authentication. Airflow's API v2 does not accept these,
   * but issues a token for them.
   */
  record Login(String user, Secret password) implements Credentials {}
}
