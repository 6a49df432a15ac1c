/** Ends of Flink jobs in the memory of a test. */
@NullMarked
package dev.millrace.schemas.testing.flink;

import org.jspecify.annotations.NullMarked;
