package dev.millrace.inference.waiting;

import dev.millrace.schemas.avro.WaitResult;
import java.util.List;

/**
 * An event that waits no longer.
 *
 * @param waits the result of each view's wait, by the index of the view
 * @param nowMillis wall clock of the decision
 */
public record ReadyEvent(CleanEvent event, List<WaitResult> waits, long nowMillis) {}
