package dev.millrace.deploy.doctor;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Findings as text for a terminal, or as JSON. */
public final class Report {
  /** Status, check and two gaps. */
  private static final int INDENT = 23;

  private final int width;
  private final List<String> lines = new ArrayList<>();

  private Report(int width) {
    this.width = width;
  }

  /**
   * A line for each finding, and under a problem what was expected and how to mend it. Commands are
   * not broken, so that they can be copied.
   *
   * @param width of the terminal in characters
   */
  public static List<String> text(List<Finding> findings, int width) {
    Report report = new Report(width);
    findings.forEach(report::add);
    report.lines.add("");
    report.lines.add(summary(findings));
    return report.lines;
  }

  private void add(Finding finding) {
    String head = "%-4s  %-16s ".formatted(finding.status(), finding.check());
    wrapped(head, finding.found());
    if (!finding.expected().isEmpty()) {
      wrapped(" ".repeat(INDENT), "expected: " + finding.expected());
    }
    if (!finding.mend().isEmpty()) {
      wrapped(" ".repeat(INDENT), "mend: " + finding.mend().strip());
    }
    finding.commands().forEach(command -> lines.add("        " + command));
  }

  /** Lines of at most that width, broken at blanks. */
  private void wrapped(String head, String text) {
    StringBuilder line = new StringBuilder(head);
    boolean begun = false;
    for (String word : Arrays.asList(text.split(" "))) {
      if (begun && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line = new StringBuilder(" ".repeat(INDENT));
        begun = false;
      }
      line.append(begun ? " " : "").append(word);
      begun = true;
    }
    lines.add(line.toString());
  }

  private static String summary(List<Finding> findings) {
    List<String> counts = new ArrayList<>();
    for (Status status : Status.values()) {
      long count = findings.stream().filter(each -> each.status() == status).count();
      if (count > 0) {
        counts.add("%d %s".formatted(count, status));
      }
    }
    return String.join(", ", counts);
  }

  /** An object with the findings and whether a check has failed. */
  public static String json(String pipeline, List<Finding> findings) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("pipeline", pipeline);
    root.put("failed", Diagnosis.hasFailed(findings));
    var array = root.putArray("findings");
    for (Finding finding : findings) {
      ObjectNode node = array.addObject();
      node.put("check", finding.check());
      node.put("status", finding.status().name().toLowerCase(Locale.ROOT));
      node.put("found", finding.found());
      node.put("expected", finding.expected());
      node.put("mend", finding.mend().strip());
      var commands = node.putArray("commands");
      finding.commands().forEach(commands::add);
    }
    return root.toPrettyString();
  }
}
