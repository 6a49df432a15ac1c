package dev.millrace.deploy.e2e.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Prints the skipped tests of all modules and the reasons, from the reports of Surefire and
 * Failsafe. The build runs it at its end; see the pom of this module.
 */
final class SkippedTests {
  private static final List<String> REPORTS = List.of("surefire-reports", "failsafe-reports");

  /** The prefix of the message of an assumption. */
  private static final String ASSUMPTION = ".*TestAbortedException: (Assumption failed: )?";

  private SkippedTests() {}

  /**
   * @param arguments the checkout's directory and the time at which the build began, ISO 8601
   */
  public static void main(String[] arguments) throws IOException {
    Path checkout = Path.of(arguments[0]);
    try (Stream<Path> modules = Files.find(checkout, 3, (path, attributes) -> isTarget(path))) {
      lines(modules.sorted().toList(), Instant.parse(arguments[1])).forEach(System.out::println);
    }
  }

  /**
   * The lines to print.
   *
   * @param targets build directories of the modules
   * @param since older reports are of another build
   */
  static List<String> lines(List<Path> targets, Instant since) throws IOException {
    long tests = 0;
    List<String> skipped = new ArrayList<>();
    for (Path target : targets) {
      for (String reports : REPORTS) {
        for (Element suite : suites(target.resolve(reports), since)) {
          NodeList cases = suite.getElementsByTagName("testcase");
          tests += cases.getLength();
          for (int i = 0; i < cases.getLength(); i++) {
            Element test = (Element) cases.item(i);
            NodeList skips = test.getElementsByTagName("skipped");
            if (skips.getLength() > 0) {
              skipped.add("  " + name(test) + ": " + reason((Element) skips.item(0)));
            }
          }
        }
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        "Skipped %d of %d tests%s".formatted(skipped.size(), tests, skipped.isEmpty() ? "" : ":"));
    lines.addAll(skipped);
    return lines;
  }

  private static boolean isTarget(Path path) {
    return path.endsWith("target") && Files.exists(path.resolveSibling("pom.xml"));
  }

  private static List<Element> suites(Path reports, Instant since) throws IOException {
    if (!Files.isDirectory(reports)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(reports)) {
      return files
          .filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml"))
          .filter(file -> !modified(file).isBefore(since))
          .sorted()
          .map(SkippedTests::parse)
          .toList();
    }
  }

  private static Instant modified(Path file) {
    try {
      return Files.getLastModifiedTime(file).toInstant();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Element parse(Path file) {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(file.toFile())
          .getDocumentElement();
    } catch (IOException | ParserConfigurationException | SAXException e) {
      throw new IllegalStateException(file + " cannot be read as a test report", e);
    }
  }

  private static String name(Element test) {
    String type = test.getAttribute("classname");
    String method = test.getAttribute("name");
    String simple = type.substring(type.lastIndexOf('.') + 1);
    return method.isEmpty() ? simple : simple + "." + method;
  }

  private static String reason(Element skip) {
    String message = skip.getAttribute("message");
    String reason = message.isEmpty() ? skip.getTextContent() : message;
    return reason.lines().findFirst().orElse("no reason given").replaceFirst(ASSUMPTION, "");
  }
}
