package dev.millrace.deploy.retrain;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How the receiver has answered the call of a trigger. */
sealed interface CallResult {

  /** It has accepted the trigger. */
  record Accepted(int status) implements CallResult {}

  /** It had accepted a trigger with the same id before. */
  record Known() implements CallResult {}

  /**
   * No answer, or one that does not concern the trigger (an overload, wrong credentials or a wrong
   * URL): the call is repeated.
   *
   * @param retryAfter the least time until then that the receiver asks for; null: none
   */
  record Failed(String reason, @Nullable Duration retryAfter) implements CallResult {}

  /** It does not accept this trigger, and would not when it is called again. */
  record Refused(String reason) implements CallResult {}
}
