package dev.millrace.deploy.audit;

/** The endings that an event can have. */
enum Ending {
  PREDICTION("predicted"),
  LATE("late"),
  DEAD_LETTER("dead-lettered");

  private final String text;

  Ending(String text) {
    this.text = text;
  }

  /** The name in messages, such as {@code predicted}. */
  String text() {
    return text;
  }
}
