/** Runs broker, registry and services of a pipeline as child processes on this machine. */
@NullMarked
package dev.millrace.deploy.platform;

import org.jspecify.annotations.NullMarked;
