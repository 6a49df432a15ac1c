/** The client that publishes events to the topics of a pipeline's sources. */
@NullMarked
package dev.millrace.ingest.producer.publish;

import org.jspecify.annotations.NullMarked;
