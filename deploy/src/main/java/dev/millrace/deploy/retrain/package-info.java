/** The service that makes an HTTP call for each retraining trigger. */
@NullMarked
package dev.millrace.deploy.retrain;

import org.jspecify.annotations.NullMarked;
