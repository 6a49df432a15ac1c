package dev.millrace.schemas.service.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class HttpOptionsTest {
  @Test
  void anAddressThatOthersReachNeedsAToken(@TempDir Path dir) throws Exception {
    assertThat(options().binding().address().getAddress().isLoopbackAddress()).isTrue();
    assertThatThrownBy(() -> options("--http-host=0.0.0.0").binding())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--http-token-file");
    Path file = Files.writeString(dir.resolve("token"), "0123456789abcdef");
    HttpBinding open =
        options(
                "--http-host=0.0.0.0",
                "--http-token-file=" + file,
                "--http-advertised=scorer-1.example:8443")
            .binding();
    assertThat(open.token()).isNotNull().hasToString("BearerToken");
    assertThat(open.advertisedHost()).isEqualTo("scorer-1.example");
    assertThat(open.advertisedPort()).isEqualTo(8443);
  }

  /** Kafka Streams gives the addresses of instances without brackets. */
  @ParameterizedTest
  @CsvSource({
    "[::1], ::1, 0",
    "::1, ::1, 0",
    "[::1]:8443, ::1, 8443",
    "[fd00::1:2]:8443, fd00::1:2, 8443",
    "fd00::1:2, fd00::1:2, 0",
    "10.0.0.7, 10.0.0.7, 0",
    "10.0.0.7:8443, 10.0.0.7, 8443",
    "scorer-1, scorer-1, 0"
  })
  void anAdvertisedAddressHasNoBrackets(String option, String host, int port) {
    HttpBinding binding = options("--http-advertised=" + option).binding();
    assertThat(binding.advertisedHost()).isEqualTo(host);
    assertThat(binding.advertisedPort()).isEqualTo(port);
  }

  @ParameterizedTest
  @CsvSource({"[::1], ::1", "::1, ::1", "127.0.0.1, 127.0.0.1"})
  void theAddressThatIsListenedOnIsAdvertised(String option, String host) {
    assertThat(options("--http-host=" + option).binding().advertisedHost()).isEqualTo(host);
  }

  @Test
  void aWrongPortIsNamed() {
    assertThatThrownBy(() -> options("--http-advertised=[::1]:http").binding())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'http'");
  }

  private static HttpOptions options(String... arguments) {
    HttpOptions options = new HttpOptions();
    new CommandLine(options).parseArgs(arguments);
    return options;
  }
}
