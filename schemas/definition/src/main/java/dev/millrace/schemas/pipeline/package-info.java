/** The pipeline definition as records. */
@NullMarked
package dev.millrace.schemas.pipeline;

import org.jspecify.annotations.NullMarked;
