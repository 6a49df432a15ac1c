@NullMarked
package dev.millrace.inference.scoring;

import org.jspecify.annotations.NullMarked;
