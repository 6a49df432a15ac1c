@NullMarked
package dev.millrace.inference.rows;

import org.jspecify.annotations.NullMarked;
