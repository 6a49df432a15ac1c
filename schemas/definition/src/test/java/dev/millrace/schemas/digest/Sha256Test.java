package dev.millrace.schemas.digest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Sha256Test {
  /** The example of FIPS 180-2, appendix B.1. */
  private static final String OF_ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @Test
  void equalsTheDigestOfTheStandard(@TempDir Path directory) throws IOException {
    byte[] abc = "abc".getBytes(UTF_8);
    Path file = Files.write(directory.resolve("abc"), abc);

    assertThat(Sha256.hex(abc)).isEqualTo(OF_ABC);
    assertThat(Sha256.hex(file)).isEqualTo(OF_ABC);
    assertThat(Sha256.shortHex(abc)).isEqualTo("ba7816bf8f01");
    assertThat(Sha256.of(abc)).hasSize(32).startsWith(0xba, 0x78);
  }

  @Test
  void distinguishesBoundariesBetweenTexts() {
    assertThat(Sha256.shortHex(List.of("ab", "c")))
        .isEqualTo(Sha256.shortHex("ab\0c\0".getBytes(UTF_8)))
        .isNotEqualTo(Sha256.shortHex(List.of("a", "bc")));
  }
}
