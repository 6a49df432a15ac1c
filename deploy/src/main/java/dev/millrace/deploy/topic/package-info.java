/** Reading topics back: committed records to the present end, as Avro and as JSON. */
@NullMarked
package dev.millrace.deploy.topic;

import org.jspecify.annotations.NullMarked;
