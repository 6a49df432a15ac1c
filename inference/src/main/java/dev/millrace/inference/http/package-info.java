/** Reads of the online store over HTTP: the request, the instance that has the rows, the answer. */
@NullMarked
package dev.millrace.inference.http;

import org.jspecify.annotations.NullMarked;
