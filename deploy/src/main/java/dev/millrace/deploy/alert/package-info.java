/** Reads the alerts of a pipeline and acknowledges them. */
@NullMarked
package dev.millrace.deploy.alert;

import org.jspecify.annotations.NullMarked;
