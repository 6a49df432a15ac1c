/** Checks the guarantee of Millrace on a recorded history: every event ends exactly once. */
@NullMarked
package dev.millrace.deploy.audit;

import org.jspecify.annotations.NullMarked;
