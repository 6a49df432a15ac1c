/**
 * The generations of vectors: their records, and the checkpoint from which the job of a generation
 * starts.
 */
@NullMarked
package dev.millrace.features.generation;

import org.jspecify.annotations.NullMarked;
