/** Writes the records of a topic as CSV or JSON lines, for training sets above all. */
@NullMarked
package dev.millrace.deploy.export;

import org.jspecify.annotations.NullMarked;
