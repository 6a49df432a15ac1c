/** When records are sent, and how sending stops on SIGTERM and Ctrl-C. */
@NullMarked
package dev.millrace.ingest.producer.pacing;

import org.jspecify.annotations.NullMarked;
