package dev.millrace.deploy.doctor;

import java.util.List;

/**
 * What a check has found.
 *
 * @param check name of the check
 * @param expected empty with OK and SKIP
 * @param mend what to do, in words; may be empty
 * @param commands what to run; may be empty
 */
public record Finding(
    String check,
    Status status,
    String found,
    String expected,
    String mend,
    List<String> commands) {
  public Finding {
    commands = List.copyOf(commands);
  }
}
