/** The command that runs inference: settings, required topics, the model, the start. */
@NullMarked
package dev.millrace.inference;

import org.jspecify.annotations.NullMarked;
