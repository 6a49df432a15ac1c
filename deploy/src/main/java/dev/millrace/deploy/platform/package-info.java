/** The local platform: broker, registry and services as child processes of this one. */
@NullMarked
package dev.millrace.deploy.platform;

import org.jspecify.annotations.NullMarked;
