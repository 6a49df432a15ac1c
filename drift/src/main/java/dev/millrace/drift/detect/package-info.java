/** Tests and effect sizes: how a window differs from its reference, and whether by chance. */
@NullMarked
package dev.millrace.drift.detect;

import org.jspecify.annotations.NullMarked;
