package dev.millrace.deploy.command;

import dev.millrace.deploy.export.Export;
import dev.millrace.deploy.export.Format;
import dev.millrace.deploy.process.PlatformException;
import dev.millrace.schemas.service.Cluster;
import java.io.BufferedWriter;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Writes a topic to a file. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = "Writes a topic's committed records as CSV or JSON lines.",
    footer = {
      "",
      "In CSV, nested records become columns with dotted names; a nested field named 'value' takes"
          + " its parent's name: inputs.distance, inputs.distance.status.",
      "Exported outcomes are a training set: the features that the model used, score and label."
    })
public final class ExportCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "TOPIC",
      description =
          "Name of the topic; the prefix 'millrace.<pipeline>.' can be left out for a local platform.")
  private String topic = "";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "csv",
      description = "csv or jsonl (default: ${DEFAULT-VALUE}).")
  private Format format = Format.CSV;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "File to write (default: standard output).")
  private @Nullable Path out;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      converter = Time.class,
      description = "Export events of this time or later: 2001-01-16 or 2001-01-16T08:00:00Z.")
  private Instant from = Instant.MIN;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      converter = Time.class,
      description = "Export events before this time.")
  private Instant until = Instant.MAX;

  @Mixin private ClusterSelectionOptions clusterOptions = new ClusterSelectionOptions();

  /** Public for picocli. */
  public ExportCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Cluster cluster = clusterOptions.cluster();
    var name = fullName(cluster, clusterOptions.pipeline());
    requireOneSchema(name);
    var export =
        new Export(name, cluster.clientSettings(), cluster.registryUrl(), format, from, until);
    Export.Result result = out == null ? write(export, standardOutput()) : replace(export, out);
    System.err.printf("%d records of %s%n", result.records(), export.topic());
    if (result.repeated() > 0) {
      System.err.printf(
          "%d older records with repeated event ids left out; the newest record of each id is written%n",
          result.repeated());
    }
    if (result.undecodable() > 0) {
      System.err.printf("%d further records could not be decoded%n", result.undecodable());
      return 1;
    }
    return 0;
  }

  /** Writes a temporary file and renames it, so that the file is never incomplete. */
  private static Export.Result replace(Export export, Path file) throws IOException {
    var partial = file.resolveSibling(file.getFileName() + ".partial");
    try {
      Export.Result result;
      try (var writer = Files.newBufferedWriter(partial)) {
        result = write(export, writer);
      }
      Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
      return result;
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  private static Export.Result write(Export export, Writer writer) throws IOException {
    return export.to(writer, System.err::println);
  }

  private static Writer standardOutput() {
    var bytes = new PrintStream(new FileOutputStream(java.io.FileDescriptor.out));
    return new BufferedWriter(new OutputStreamWriter(bytes, StandardCharsets.UTF_8));
  }

  private String fullName(Cluster cluster, String pipeline) throws InterruptedException {
    try (var admin = Admin.create(cluster.clientSettings())) {
      return fullName(topic, pipeline, admin.listTopics().names().get());
    } catch (ExecutionException e) {
      throw new PlatformException(
          "Kafka at " + cluster.bootstrapServers() + " does not answer: " + e.getCause(), e);
    }
  }

  /** Rejects topics whose values have no common schema. */
  static void requireOneSchema(String name) {
    var form = "topic %s cannot be exported: %s";
    if (name.matches("millrace\\..*\\.dead-letters")) {
      throw new PlatformException(
          form.formatted(
              name,
              "its values are the bytes of rejected records; 'millrace dlq list' and 'millrace dlq"
                  + " show' print them with their reasons"));
    }
    if (name.matches("millrace\\..*\\.late")) {
      throw new PlatformException(
          form.formatted(
              name,
              "its values are events of several sources, which the header millrace.source names; read"
                  + " it with any Kafka consumer"));
    }
  }

  static String fullName(String topic, String pipeline, Collection<String> existing) {
    var qualified = "millrace." + pipeline + "." + topic;
    if (existing.contains(qualified)) {
      return qualified;
    }
    if (existing.contains(topic)) {
      return topic;
    }
    var names = existing.stream().filter(name -> !name.startsWith("_")).sorted().toList();
    throw new PlatformException(
        "topic %s does not exist; the topics are: %s".formatted(topic, String.join(", ", names)));
  }

  /** Converts an instant, or a date to its start in UTC. */
  static final class Time implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
      try {
        return text.contains("T")
            ? Instant.parse(text)
            : LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC);
      } catch (DateTimeParseException e) {
        throw new TypeConversionException(
            "'" + text + "' is not a time; write 2001-01-16 or 2001-01-16T08:00:00Z");
      }
    }
  }
}
