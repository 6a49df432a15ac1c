package dev.millrace.deploy.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.deploy.dataset.rows.Column;
import dev.millrace.deploy.dataset.rows.ColumnType;
import dev.millrace.deploy.dataset.rows.Counts;
import dev.millrace.deploy.dataset.rows.Selection;
import dev.millrace.deploy.process.PlatformException;
import dev.millrace.deploy.topic.TopicRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestTest {
  private static final Selection SELECTION =
      new Selection(
          Instant.parse("2001-01-01T00:00:00Z"),
          Instant.parse("2001-01-16T12:00:00Z"),
          false,
          true,
          false);

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  @Test
  void isReadBack() throws IOException {
    Manifest manifest = manifest("0.1.0", "aa", "bb");
    Path file = Files.writeString(directory.resolve("manifest.json"), manifest.toJson());

    Manifest read = Manifest.read(file);

    assertThat(read).isEqualTo(manifest);
    assertThat(read.toJson()).isEqualTo(manifest.toJson());
    assertThat(read.selection()).isEqualTo(SELECTION);
    assertThat(read.ranges())
        .containsExactly(
            new TopicRange("millrace.flights.predictions", 0, 10, 25),
            new TopicRange("millrace.flights.predictions", 1, 0, 3));
    assertThat(read.command())
        .isEqualTo(
            "millrace dataset build --from 2001-01-01T00:00:00Z --to 2001-01-16T12:00:00Z --complete-only");
  }

  @Test
  void namesAreInSnakeCaseAndTypesInLowerCase() {
    assertThat(manifest("0.1.0", "aa", "bb").toJson())
        .contains("\"content_sha256\" : \"aa\"", "\"complete_only\" : true", "\"double\"")
        .contains("\"without_prediction\" : 5")
        .endsWith("}\n");
  }

  @Test
  void anotherContentIsADifference() {
    assertThat(manifest("1", "aa", "bb").differences(manifest("1", "aa", "bb"))).isEmpty();
    assertThat(manifest("1", "aa", "bb").differences(manifest("1", "cc", "bb")))
        .containsExactly("content_sha256: cc, but in the manifest aa");
  }

  /** A newer Parquet library may write the same rows as other bytes. */
  @Test
  void filesAreComparedOnlyBetweenEqualVersions() {
    assertThat(manifest("1", "aa", "bb").differences(manifest("1", "aa", "cc")))
        .singleElement()
        .asString()
        .startsWith("files: ");
    assertThat(manifest("1", "aa", "bb").differences(manifest("2", "aa", "cc"))).isEmpty();
  }

  @Test
  void anotherFileIsNotAManifest() throws IOException {
    Path json = Files.writeString(directory.resolve("profile.json"), "{\"rows\": 3}");
    Path text = Files.writeString(directory.resolve("notes.txt"), "rows");

    assertThatThrownBy(() -> Manifest.read(json))
        .isInstanceOf(PlatformException.class)
        .hasMessageContaining("profile.json: not a manifest of a data set with format 1");
    assertThatThrownBy(() -> Manifest.read(text))
        .isInstanceOf(PlatformException.class)
        .hasMessageContaining("notes.txt: not a manifest of a data set");
  }

  private static Manifest manifest(String version, String content, String file) {
    return new Manifest(
        Manifest.FORMAT,
        version,
        Manifest.command(SELECTION),
        new Manifest.Definition("flights", "dd"),
        new Manifest.Period(SELECTION.from().toString(), SELECTION.to().toString()),
        SELECTION.recomputed(),
        SELECTION.completeOnly(),
        SELECTION.unlabelled(),
        List.of(
            new Manifest.Topic(
                "millrace.flights.predictions",
                List.of(new Manifest.Range(0, 10, 25), new Manifest.Range(1, 0, 3)),
                List.of(
                    new Manifest.WriterSchema(7, "ee", 17),
                    new Manifest.WriterSchema(9, null, 1)))),
        new Counts(9, 18, 2, 3, 4, 5, 6),
        List.of(new Column("score", ColumnType.DOUBLE, true)),
        content,
        "ff",
        List.of(new Manifest.DataFile("rows.parquet", 100, file)));
  }
}
