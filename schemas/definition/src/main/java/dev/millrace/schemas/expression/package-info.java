/** Compiles and evaluates CEL expressions, type-checked against the variables that they name. */
@NullMarked
package dev.millrace.schemas.expression;

import org.jspecify.annotations.NullMarked;
