/** An HTTP interface of a service for other programs: JSON, an optional token, bounded requests. */
@NullMarked
package dev.millrace.schemas.service.http;

import org.jspecify.annotations.NullMarked;
