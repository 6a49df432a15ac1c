/** Expressions of the pipeline file: CEL, checked against declared variables before any event. */
@NullMarked
package dev.millrace.schemas.expression;

import org.jspecify.annotations.NullMarked;
