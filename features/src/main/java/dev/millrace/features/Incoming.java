package dev.millrace.features;

/** What a record of a source's topics becomes. */
sealed interface Incoming permits ViewEvent, Unreadable {}
