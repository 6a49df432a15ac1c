/** Support for hand-written serializers of records between a job's operators. */
@NullMarked
package dev.millrace.schemas.flink.type;

import org.jspecify.annotations.NullMarked;
