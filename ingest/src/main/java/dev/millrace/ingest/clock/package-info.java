/**
 * The event clock of an arrival partition, by which an event is judged late. Pure arithmetic; the
 * interface of its state is {@link dev.millrace.ingest.clock.EventClock.State}.
 */
@NullMarked
package dev.millrace.ingest.clock;

import org.jspecify.annotations.NullMarked;
