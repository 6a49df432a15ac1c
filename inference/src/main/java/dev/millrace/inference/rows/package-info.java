/** Vectors, feature rows and the online store: the newest row of each entity. */
@NullMarked
package dev.millrace.inference.rows;

import org.jspecify.annotations.NullMarked;
