/**
 * Events from their arrival until they are scored: pending events and the rows that they wait for.
 */
@NullMarked
package dev.millrace.inference.waiting;

import org.jspecify.annotations.NullMarked;
