/** Writes the records of a topic as CSV or JSON lines, mainly for training sets. */
@NullMarked
package dev.millrace.deploy.export;

import org.jspecify.annotations.NullMarked;
