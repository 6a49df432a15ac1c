/** The online store: feature rows and the newest row of each entity. */
@NullMarked
package dev.millrace.inference.rows;

import org.jspecify.annotations.NullMarked;
