/** Runs the demo: simulated payments on a local platform, shown while they run, then audited. */
@NullMarked
package dev.millrace.deploy.demo;

import org.jspecify.annotations.NullMarked;
