@NullMarked
package dev.millrace.deploy;

import org.jspecify.annotations.NullMarked;
