package dev.millrace.deploy.doctor;

import java.util.ArrayList;
import java.util.List;

/** Collects the findings of one check. */
final class Findings {
  private final String check;
  private final List<Finding> problems = new ArrayList<>();

  Findings(String check) {
    this.check = check;
  }

  void add(Status status, String found, String expected, String mend, String... commands) {
    problems.add(new Finding(check, status, found, expected, mend, List.of(commands)));
  }

  void fail(String found, String expected, String mend, String... commands) {
    add(Status.FAIL, found, expected, mend, commands);
  }

  void warn(String found, String expected, String mend, String... commands) {
    add(Status.WARN, found, expected, mend, commands);
  }

  /** The problems, or if there are none one line that says what is as expected. */
  List<Finding> orOk(String found) {
    return problems.isEmpty()
        ? List.of(new Finding(check, Status.OK, found, "", "", List.of()))
        : List.copyOf(problems);
  }
}
