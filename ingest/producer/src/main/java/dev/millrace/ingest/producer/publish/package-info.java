/** What sends records to source topics: the producer, its pace, and how it is told to stop. */
@NullMarked
package dev.millrace.ingest.producer.publish;

import org.jspecify.annotations.NullMarked;
