/** Compares a definition with the one in service, and replaces that. */
@NullMarked
package dev.millrace.deploy.evolution;

import org.jspecify.annotations.NullMarked;
