package dev.millrace.deploy.retrain;

import java.time.Instant;

/** What the health of the service says. Written by one thread, read by others. */
final class CallStatus {
  private volatile boolean joined;
  private volatile String failing = "";

  /** The group has given this process its partitions, which may be none. */
  void markJoined() {
    joined = true;
  }

  /** A call has failed and is repeated. */
  void markFailing(String id, int failures, String reason, Instant next) {
    failing =
        "the call of trigger %s has failed %d times, the next is at %s: %s"
            .formatted(id, failures, next, reason);
  }

  /** No call is being repeated. */
  void markWorking() {
    failing = "";
  }

  /** Why the process is not ready; empty if it is. */
  String ready() {
    return joined ? "" : "has not joined its consumer group yet; is Kafka reachable?";
  }

  /**
   * The outage of the receiver, which this service waits for; empty if there is none. It is no
   * reason to stop or restart the process.
   */
  String note() {
    return failing;
  }
}
