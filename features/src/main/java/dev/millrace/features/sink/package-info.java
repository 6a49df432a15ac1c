/** Encodes feature rows as records of a view's feature topic. */
@NullMarked
package dev.millrace.features.sink;

import org.jspecify.annotations.NullMarked;
