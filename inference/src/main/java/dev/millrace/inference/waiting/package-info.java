/**
 * Events from their arrival until they are scored: pending events and the vectors that they wait
 * for.
 */
@NullMarked
package dev.millrace.inference.waiting;

import org.jspecify.annotations.NullMarked;
