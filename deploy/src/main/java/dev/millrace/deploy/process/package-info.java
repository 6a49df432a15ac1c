/** Starts, watches, signals and stops one child process. */
@NullMarked
package dev.millrace.deploy.process;

import org.jspecify.annotations.NullMarked;
