/** Serving skew: counts how served answers differ from those that are known later. */
@NullMarked
package dev.millrace.features.skew;

import org.jspecify.annotations.NullMarked;
