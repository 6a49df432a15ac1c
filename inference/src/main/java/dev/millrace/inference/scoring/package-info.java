/** Scoring of one event: rows, model inputs, model, prediction record. */
@NullMarked
package dev.millrace.inference.scoring;

import org.jspecify.annotations.NullMarked;
