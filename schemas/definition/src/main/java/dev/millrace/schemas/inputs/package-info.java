/** Computes the inputs of a model from an event and its features. */
@NullMarked
package dev.millrace.schemas.inputs;

import org.jspecify.annotations.NullMarked;
