@NullMarked
package dev.millrace.schemas.wire;

import org.jspecify.annotations.NullMarked;
