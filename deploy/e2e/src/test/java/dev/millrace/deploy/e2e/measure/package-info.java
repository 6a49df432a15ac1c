/** Measurements on the local platform, which are run by hand and check nothing. */
@NullMarked
package dev.millrace.deploy.e2e.measure;

import org.jspecify.annotations.NullMarked;
