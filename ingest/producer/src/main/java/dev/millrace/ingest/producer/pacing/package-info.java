/** Sends records when they are due, and stops on SIGTERM and Ctrl-C. */
@NullMarked
package dev.millrace.ingest.producer.pacing;

import org.jspecify.annotations.NullMarked;
