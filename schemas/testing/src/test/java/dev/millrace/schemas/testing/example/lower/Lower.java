package dev.millrace.schemas.testing.example.lower;

import dev.millrace.schemas.testing.example.upper.Upper;

/** Uses the package above it, and a library. */
@SuppressWarnings("unused")
class Lower {
  private final Upper[] uppers = {};
  private final org.slf4j.Logger log = org.slf4j.LoggerFactory.getLogger("");
}
