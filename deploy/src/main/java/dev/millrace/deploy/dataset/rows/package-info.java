/** Joins predictions to their labels and sorts the rows, in bounded memory. */
@NullMarked
package dev.millrace.deploy.dataset.rows;

import org.jspecify.annotations.NullMarked;
