@NullMarked
package dev.millrace.features;

import org.jspecify.annotations.NullMarked;
