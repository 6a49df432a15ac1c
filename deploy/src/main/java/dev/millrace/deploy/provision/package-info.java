/** The topics and subjects of a pipeline: what a cluster has, how it differs, and what is made. */
@NullMarked
package dev.millrace.deploy.provision;

import org.jspecify.annotations.NullMarked;
