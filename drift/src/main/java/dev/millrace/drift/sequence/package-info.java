/** Sequential detection: evidence of a lasting change, added up over windows. */
@NullMarked
package dev.millrace.drift.sequence;

import org.jspecify.annotations.NullMarked;
