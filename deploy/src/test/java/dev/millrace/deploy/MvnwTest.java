package dev.millrace.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs a copy of mvnw that pins version 3.9.9, with a false mvn on the PATH. */
class MvnwTest {
  private static final String PATH_IN_REPOSITORY = "maven/maven-3.9.9-bin.tar.gz";

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path dir;

  private record Run(int exitCode, String out, String err) {}

  @BeforeEach
  void createProject() throws Exception {
    Files.createDirectories(dir.resolve("project/.mvn/wrapper"));
    Files.copy(
        Path.of("../mvnw").toAbsolutePath(),
        dir.resolve("project/mvnw"),
        StandardCopyOption.COPY_ATTRIBUTES);
    script(dir.resolve("pack/apache-maven-3.9.9/bin/mvn"), "echo downloaded \"$@\"");
    var archive = dir.resolve("repository").resolve(PATH_IN_REPOSITORY);
    Files.createDirectories(archive.getParent());
    run("tar", "-czf", archive.toString(), "-C", dir.resolve("pack").toString(), ".");
    var digest = MessageDigest.getInstance("SHA-512").digest(Files.readAllBytes(archive));
    pin(HexFormat.of().formatHex(digest));
  }

  @Test
  void aNewEnoughInstallationIsUsedWithoutAMessage() throws Exception {
    install("3.9.10");
    assertThat(mvnw("", "-v", "x y")).isEqualTo(new Run(0, "installed 3.9.10 -v x y\n", ""));
  }

  @Test
  void olderInstallationIsUsedIfNothingCanBeDownloaded() throws Exception {
    install("3.8.7");
    var unnamed = mvnw("", "verify");
    assertThat(unnamed.out()).isEqualTo("installed 3.8.7 verify\n");
    assertThat(unnamed.err())
        .contains("using the installed Maven 3.8.7 (neither MVNW_REPOURL nor a mirror");

    var unreachable = mvnw(dir.resolve("nowhere").toUri().toString(), "verify");
    assertThat(unreachable.out()).isEqualTo("installed 3.8.7 verify\n");
    assertThat(unreachable.err()).contains("Maven 3.9.9 could not be downloaded from file:");
  }

  @Test
  void tooOldAnInstallationIsRejected() throws Exception {
    install("3.6.3");
    var run = mvnw("", "verify");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .contains("the installed Maven 3.6.3 is older than 3.8.6", "or set MVNW_REPOURL");
  }

  @Test
  void pinnedVersionIsDownloadedOnce() throws Exception {
    install("3.8.7");
    var repository = dir.resolve("repository").toUri().toString();
    assertThat(mvnw(repository, "verify"))
        .isEqualTo(new Run(0, "downloaded verify\n", "mvnw: downloading Maven 3.9.9\n"));
    assertThat(mvnw("", "verify")).isEqualTo(new Run(0, "downloaded verify\n", ""));
    try (var left = Files.list(dir.resolve("home/.m2/wrapper/dists"))) {
      assertThat(left).hasSize(1);
    }
  }

  @Test
  void pinnedVersionIsDownloadedFromTheMirrorOfTheUsersSettings() throws Exception {
    install("3.8.7");
    Files.createDirectories(dir.resolve("home/.m2"));
    Files.writeString(
        dir.resolve("home/.m2/settings.xml"),
        """
        <settings>
          <mirrors>
            <!-- <mirror><mirrorOf>*</mirrorOf><url>file:///commented/out</url></mirror> -->
            <mirror>
              <id>other</id><mirrorOf>other</mirrorOf><url>file:///other</url>
            </mirror>
            <mirror>
              <id>near</id>
              <url> %s </url>
              <mirrorOf>external:*</mirrorOf>
            </mirror>
          </mirrors>
        </settings>
        """
            .formatted(dir.resolve("repository").toUri()));
    assertThat(mvnw("", "verify").out()).isEqualTo("downloaded verify\n");
  }

  @Test
  void archiveWithAnotherDigestIsRejected() throws Exception {
    install("3.8.7");
    pin("0".repeat(128));
    var run = mvnw(dir.resolve("repository").toUri().toString(), "verify");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("has the SHA-512", "is pinned in");
  }

  private void pin(String sha512) throws IOException {
    Files.writeString(
        dir.resolve("project/.mvn/wrapper/maven-wrapper.properties"),
        "mavenVersion=3.9.9%ndistributionPath=%s%ndistributionSha512Sum=%s%n"
            .formatted(PATH_IN_REPOSITORY, sha512));
  }

  private void install(String version) throws IOException {
    var mvn =
        "[ \"$1\" = --version ] && printf '\\033[1mApache Maven %s\\033[m\\n' && exit%n"
            + "echo installed %s \"$@\"";
    script(dir.resolve("bin/mvn"), mvn.formatted(version, version));
  }

  private static void script(Path file, String body) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Run mvnw(String repository, String... arguments) throws Exception {
    var command = new ArrayList<String>();
    command.add(dir.resolve("project/mvnw").toString());
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new), repository);
  }

  private Run run(String... command) throws Exception {
    return run(command, "");
  }

  private Run run(String[] command, String repository) throws Exception {
    var err = dir.resolve("err");
    var builder = new ProcessBuilder(command).redirectError(err.toFile());
    builder.environment().put("PATH", dir.resolve("bin") + ":" + System.getenv("PATH"));
    builder.environment().put("HOME", dir.resolve("home").toString());
    builder.environment().remove("MAVEN_USER_HOME");
    builder.environment().put("MVNW_REPOURL", repository);
    var process = builder.start();
    var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.waitFor(), out, Files.readString(err));
  }
}
