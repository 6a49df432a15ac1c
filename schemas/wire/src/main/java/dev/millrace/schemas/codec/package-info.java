@NullMarked
package dev.millrace.schemas.codec;

import org.jspecify.annotations.NullMarked;
