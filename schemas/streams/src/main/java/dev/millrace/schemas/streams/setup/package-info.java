/** Settings and checks before Kafka Streams starts: defaults, topics, RocksDB, the instance id. */
@NullMarked
package dev.millrace.schemas.streams.setup;

import org.jspecify.annotations.NullMarked;
