/** Topics as files: training sets above all. */
@NullMarked
package dev.millrace.deploy.export;

import org.jspecify.annotations.NullMarked;
