/** Compares a definition with what serves, and puts it into service while the old one serves. */
@NullMarked
package dev.millrace.deploy.evolution;

import org.jspecify.annotations.NullMarked;
