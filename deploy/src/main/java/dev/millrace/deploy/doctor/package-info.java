/** The checks of a live installation: what was found, what was expected, how to mend it. Pure. */
@NullMarked
package dev.millrace.deploy.doctor;

import org.jspecify.annotations.NullMarked;
