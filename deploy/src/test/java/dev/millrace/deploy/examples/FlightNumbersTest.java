package dev.millrace.deploy.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The flight numbers of examples/flights/prepare.py. */
class FlightNumbersTest {
  private static final String FLIGHTS_OF_A_MONTH = "4";

  @BeforeAll
  static void needsPython() throws InterruptedException {
    boolean runs;
    try {
      runs = new ProcessBuilder("python3", "--version").start().waitFor() == 0;
    } catch (IOException e) {
      runs = false;
    }
    assumeTrue(runs, "python3 is not installed");
  }

  @Test
  void noTwoMonthsShareANumber() throws Exception {
    Set<String> ids = new HashSet<>();
    List<String> months =
        List.of("2000-12", "2001-01", "2001-02", "2001-03", "2001-12", "2002-01", "2011-01");
    for (String month : months) {
      ids.addAll(ids(month));
    }
    assertThat(ids).hasSize(months.size() * 4);
  }

  @Test
  void january2001StartsAtOne() throws Exception {
    assertThat(ids("2001-01")).containsExactly("1", "2", "3", "4");
    assertThat(ids("2001-02")).startsWith("10000001");
  }

  /** Calls only numbering.py: prepare.py needs pandas. */
  private static List<String> ids(String month) throws IOException, InterruptedException {
    String script =
        "import sys; sys.path.insert(0, sys.argv[1]); from numbering import flight_ids;"
            + " print(*flight_ids(sys.argv[2], int(sys.argv[3])), sep='\\n')";
    Process python =
        new ProcessBuilder(
                "python3",
                "-B",
                "-c",
                script,
                Path.of("examples", "flights").toAbsolutePath().toString(),
                month,
                FLIGHTS_OF_A_MONTH)
            .redirectErrorStream(true)
            .start();
    String output = new String(python.getInputStream().readAllBytes(), UTF_8);
    assertThat(python.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(python.exitValue()).as(output).isZero();
    return output.lines().toList();
  }
}
