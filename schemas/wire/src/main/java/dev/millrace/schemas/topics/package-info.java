@NullMarked
package dev.millrace.schemas.topics;

import org.jspecify.annotations.NullMarked;
