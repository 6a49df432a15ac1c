/** The pipeline definition as records, and how it is read from its YAML file. */
@NullMarked
package dev.millrace.schemas.pipeline;

import org.jspecify.annotations.NullMarked;
