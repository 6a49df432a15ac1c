/** A real Prometheus and Alertmanager that observe a local platform, and the files they read. */
@NullMarked
package dev.millrace.deploy.e2e.monitoring;

import org.jspecify.annotations.NullMarked;
