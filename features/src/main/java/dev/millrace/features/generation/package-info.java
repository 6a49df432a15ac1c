/**
 * The generations of vectors: their records, the checkpoint from which the job of a generation
 * starts, and which of them writes the dead letters of records that several read.
 */
@NullMarked
package dev.millrace.features.generation;

import org.jspecify.annotations.NullMarked;
