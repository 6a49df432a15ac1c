/** The files of a model directory and what identifies their content. */
@NullMarked
package dev.millrace.schemas.model;

import org.jspecify.annotations.NullMarked;
