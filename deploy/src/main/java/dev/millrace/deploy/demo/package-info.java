/** {@code millrace demo}: the whole loop on simulated payments, watched and then audited. */
@NullMarked
package dev.millrace.deploy.demo;

import org.jspecify.annotations.NullMarked;
