@NullMarked
package dev.millrace.inference.policy;

import org.jspecify.annotations.NullMarked;
