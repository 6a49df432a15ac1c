@NullMarked
package dev.millrace.inference.http;

import org.jspecify.annotations.NullMarked;
