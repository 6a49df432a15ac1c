package dev.millrace.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.e2e.pipeline.Packaged;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** What {@code millrace-flink.jar} contains. */
class FlinkJarIT {
  private static final Path JAR = Packaged.DISTRIBUTION.flinkJar();

  /**
   * The packages with classes, by their prefix. Those of Flink are not in its distribution. Kafka's
   * are named by settings of users, those of zstd by its native code, those of Avro by generated
   * classes and by {@code flink-avro}.
   */
  private static final List<String> PACKAGES =
      List.of(
          "dev.millrace.features",
          "dev.millrace.drift",
          "dev.millrace.schemas",
          "dev.millrace.relocated",
          "org.apache.flink.connector.kafka",
          "org.apache.flink.streaming.connectors.kafka",
          "org.apache.flink.streaming.util.serialization",
          "org.apache.flink.connector.base",
          "org.apache.flink.formats.avro",
          "org.apache.flink.avro.registry",
          "org.apache.flink.avro.shaded",
          "org.apache.kafka",
          "org.apache.avro",
          "com.github.luben.zstd",
          "dev.cel",
          "cel.parser",
          "de.siegmar.fastcsv",
          "picocli");

  private static final Pattern VERSIONED = Pattern.compile("^META-INF/versions/\\d+/");
  private static final Pattern SIGNATURE = Pattern.compile("META-INF/.*\\.(SF|DSA|RSA|EC)");
  private static final String SERVICES = "META-INF/services/";

  @Test
  void containsNoFlinkAndNoLoggingAndRelocatesTheRest() {
    assertThat(entries(JAR)).contains("dev/millrace/features/FeaturesMain.class");
    assertThat(entries(JAR)).contains("dev/millrace/drift/DriftMain.class");
    Set<String> further =
        packages(JAR).stream()
            .filter(name -> PACKAGES.stream().noneMatch(prefix -> isIn(name, prefix)))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(further).as("packages that are not on the list").isEmpty();
    assertThat(PACKAGES)
        .as("prefixes of the list")
        .allMatch(prefix -> packages(JAR).stream().anyMatch(name -> isIn(name, prefix)));
  }

  @Test
  void sharesNoClassWithFlink() throws IOException {
    Set<String> own = classes(JAR);
    List<String> shared = new ArrayList<>();
    try (Stream<Path> jars = Files.list(Packaged.DISTRIBUTION.home().resolve("lib/flink"))) {
      for (Path jar : jars.toList()) {
        classes(jar).stream()
            .filter(own::contains)
            .forEach(name -> shared.add(jar.getFileName() + ": " + name));
      }
    }
    assertThat(shared).isEmpty();
  }

  @Test
  void servicesAndManifestAreThoseOfOneJar() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      Attributes manifest = jar.getManifest().getMainAttributes();
      assertThat(manifest.getValue("Multi-Release")).isEqualTo("true");
      assertThat(entries(JAR)).noneMatch(name -> SIGNATURE.matcher(name).matches());
      List<String> services =
          entries(JAR).stream()
              .filter(name -> name.startsWith(SERVICES) && name.length() > SERVICES.length())
              .toList();
      assertThat(services)
          .contains(SERVICES + "org.apache.kafka.common.config.provider.ConfigProvider")
          .contains(SERVICES + "dev.millrace.relocated.jackson.databind.Module")
          // It is no connector of Flink SQL.
          .noneMatch(name -> name.contains("org.apache.flink.table"));
      for (String service : services) {
        String text =
            new String(
                jar.getInputStream(jar.getEntry(service)).readAllBytes(), StandardCharsets.UTF_8);
        assertThat(text.lines().map(line -> line.replaceAll("#.*", "").strip()))
            .filteredOn(line -> !line.isEmpty())
            .as(service)
            .isNotEmpty()
            .allMatch(name -> jar.getEntry(name.replace('.', '/') + ".class") != null);
      }
    }
  }

  private static boolean isIn(String name, String prefix) {
    return name.equals(prefix) || name.startsWith(prefix + ".");
  }

  private static Set<String> packages(Path jar) {
    return classes(jar).stream()
        .map(name -> name.substring(0, Math.max(0, name.lastIndexOf('/'))).replace('/', '.'))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> classes(Path jar) {
    return entries(jar).stream()
        .filter(name -> name.endsWith(".class") && !name.endsWith("module-info.class"))
        .map(name -> VERSIONED.matcher(name).replaceFirst(""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<String> entries(Path jar) {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream().map(ZipEntry::getName).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
