package dev.millrace.deploy.audit;

/** The ways in which an event can end. */
enum Ending {
  PREDICTION("predicted"),
  LATE("late"),
  DEAD_LETTER("dead-lettered");

  private final String text;

  Ending(String text) {
    this.text = text;
  }

  /** As in messages: {@code predicted}. */
  String text() {
    return text;
  }
}
