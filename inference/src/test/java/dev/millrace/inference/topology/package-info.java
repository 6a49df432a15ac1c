@NullMarked
package dev.millrace.inference.topology;

import org.jspecify.annotations.NullMarked;
