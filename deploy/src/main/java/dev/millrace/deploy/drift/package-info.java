/** Runs the drift job over logged predictions, and reads what a running one has published. */
@NullMarked
package dev.millrace.deploy.drift;

import org.jspecify.annotations.NullMarked;
