/**
 * Decides whether an event id was published before, and for how long an id is remembered. Pure
 * arithmetic; the interfaces of its state are {@link dev.millrace.ingest.dedup.SortedByteStore} and
 * {@link dev.millrace.ingest.dedup.DedupWatermark.State}.
 */
@NullMarked
package dev.millrace.ingest.dedup;

import org.jspecify.annotations.NullMarked;
