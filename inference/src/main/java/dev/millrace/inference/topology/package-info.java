/**
 * The Kafka Streams topology: its nodes, the decoding of input records, the records that it writes.
 */
@NullMarked
package dev.millrace.inference.topology;

import org.jspecify.annotations.NullMarked;
