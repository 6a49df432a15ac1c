/** The generations of a pipeline's features, and the definition they serve with. */
@NullMarked
package dev.millrace.deploy.generation;

import org.jspecify.annotations.NullMarked;
