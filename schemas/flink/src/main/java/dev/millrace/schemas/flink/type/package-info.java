/** Serializers that a job writes by hand for the records between its operators. */
@NullMarked
package dev.millrace.schemas.flink.type;

import org.jspecify.annotations.NullMarked;
