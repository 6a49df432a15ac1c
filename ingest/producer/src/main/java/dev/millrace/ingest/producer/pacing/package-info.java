/** When records are sent, and how sending stops when the process is told to end. */
@NullMarked
package dev.millrace.ingest.producer.pacing;

import org.jspecify.annotations.NullMarked;
