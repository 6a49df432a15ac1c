package dev.millrace.deploy.retrain;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What is called for each trigger. */
interface Receiver {
  /**
   * Calls it, and waits for the answer.
   *
   * @param id of the trigger: calls with the same id have the effect of one
   * @param trigger the record as JSON, as {@code millrace export} writes it
   */
  CallResult call(String id, ObjectNode trigger) throws InterruptedException;
}
