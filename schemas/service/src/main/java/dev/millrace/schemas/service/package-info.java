@NullMarked
package dev.millrace.schemas.service;

import org.jspecify.annotations.NullMarked;
