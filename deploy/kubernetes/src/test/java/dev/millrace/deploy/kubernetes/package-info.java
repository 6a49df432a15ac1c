/** Tests of the manifests of {@code deploy/kubernetes}. */
@NullMarked
package dev.millrace.deploy.kubernetes;

import org.jspecify.annotations.NullMarked;
