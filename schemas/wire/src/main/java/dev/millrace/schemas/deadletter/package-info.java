/** Dead letters: the records that are written for rejected ones. */
@NullMarked
package dev.millrace.schemas.deadletter;

import org.jspecify.annotations.NullMarked;
