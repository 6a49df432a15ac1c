/**
 * Administers the topics that ingest needs: checks them before the start, grows changelogs, deletes
 * consumed records of the rekeyed topics.
 */
@NullMarked
package dev.millrace.ingest.topics;

import org.jspecify.annotations.NullMarked;
