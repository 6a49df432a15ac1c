/** The main class of the drift job. */
@NullMarked
package dev.millrace.drift;

import org.jspecify.annotations.NullMarked;
