/**
 * The command {@code replay}: publishes files to source topics at the speed at which the events
 * happened, a multiple of it, or as fast as the broker accepts them.
 */
@NullMarked
package dev.millrace.ingest.producer.replay;

import org.jspecify.annotations.NullMarked;
