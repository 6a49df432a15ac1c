/** Makes the dead letters of rejected records. */
@NullMarked
package dev.millrace.schemas.deadletter;

import org.jspecify.annotations.NullMarked;
