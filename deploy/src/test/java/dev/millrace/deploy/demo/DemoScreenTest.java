package dev.millrace.deploy.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoScreenTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, UTF_8);

  @Test
  void aLongLineTakesSeveralRowsAndColoursHaveNoWidth() {
    assertThat(DemoScreen.wrap("abcdefg", 3)).containsExactly("abc", "def", "g");
    assertThat(DemoScreen.wrap("abc", 3)).containsExactly("abc");
    assertThat(DemoScreen.wrap("", 3)).containsExactly("");
    assertThat(DemoScreen.wrap("\u001b[31mabc\u001b[0md", 3))
        .containsExactly("\u001b[31mabc\u001b[0m", "d");
  }

  @Test
  void aScreenReplacesAllRowsOfThePreviousOne() {
    DemoScreen screen = new DemoScreen(out, new DemoScreen.Size(4, 3));
    screen.draw(List.of("abcdef"));
    screen.draw(List.of("1", "2", "3", "4", "5"));
    screen.draw(List.of("last"));
    assertThat(bytes.toString(UTF_8).lines())
        .containsExactly("abc", "def", "\u001b[2A\u001b[J1", "2", "3", "\u001b[3A\u001b[Jlas", "t");
  }
}
