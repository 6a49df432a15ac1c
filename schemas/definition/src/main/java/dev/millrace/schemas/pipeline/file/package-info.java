/** Reads the pipeline file: its keys and their forms, and every mistake with line and key. */
@NullMarked
package dev.millrace.schemas.pipeline.file;

import org.jspecify.annotations.NullMarked;
