/** Creates topics, and reads their committed records: as Avro, as JSON, and into the ledger. */
@NullMarked
package dev.millrace.deploy.topic;

import org.jspecify.annotations.NullMarked;
