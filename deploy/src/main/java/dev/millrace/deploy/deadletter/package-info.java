/** Lists, shows and publishes again the dead letters of a pipeline. */
@NullMarked
package dev.millrace.deploy.deadletter;

import org.jspecify.annotations.NullMarked;
