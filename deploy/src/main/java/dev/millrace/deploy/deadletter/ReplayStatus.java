package dev.millrace.deploy.deadletter;

/** Whether the record of a dead letter was published again, and what became of it. */
public sealed interface ReplayStatus {

  /** Not published again. */
  record Open() implements ReplayStatus {}

  /** Published again; ingest has not read it yet. */
  record Sent(Replay replay) implements ReplayStatus {}

  /**
   * Published again and not rejected: the event is clean, late or a duplicate, or it is parked
   * until the registry answers for its schema id.
   */
  record Accepted(Replay replay) implements ReplayStatus {}

  /**
   * Published again and rejected again.
   *
   * @param as the new dead letter
   */
  record RejectedAgain(Replay replay, Position as) implements ReplayStatus {}

  /** The status in a word or two. */
  default String text() {
    if (this instanceof RejectedAgain again) {
      return "rejected-again:" + again.as();
    }
    return this instanceof Open ? "open" : this instanceof Sent ? "sent" : "accepted";
  }
}
