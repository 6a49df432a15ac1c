package dev.millrace.schemas.testing.example.upper;

/** Uses nothing. */
public class Upper {}
