/** Expressions of the pipeline file: CEL, checked against declared variables before any event. */
@NullMarked
package dev.millrace.schemas.expr;

import org.jspecify.annotations.NullMarked;
