/** What Flink jobs share. */
@NullMarked
package dev.millrace.schemas.flink;

import org.jspecify.annotations.NullMarked;
