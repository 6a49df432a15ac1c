package dev.millrace.deploy.command;

import dev.millrace.deploy.command.ClusterOptions.Cluster;
import dev.millrace.deploy.export.Export;
import dev.millrace.deploy.export.Format;
import dev.millrace.deploy.process.PlatformException;
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
      "Exported outcomes are a training set: features as they were served, score and label."
    })
public final class ExportCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "TOPIC",
      description = "A topic's name; without 'millrace.<pipeline>.' where a platform runs here.")
  private String topic = "";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "csv",
      description = "csv or jsonl (default: ${DEFAULT-VALUE}).")
  private Format format = Format.CSV;

  @Option(names = "--out", paramLabel = "FILE", description = "Instead of standard output.")
  private @Nullable Path out;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      converter = Time.class,
      description = "Leave out earlier events; 2001-01-16 or 2001-01-16T08:00:00Z.")
  private Instant from = Instant.MIN;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      converter = Time.class,
      description = "Leave out events of this time and later.")
  private Instant until = Instant.MAX;

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  /** Public for picocli. */
  public ExportCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Cluster found = cluster.find();
    var export = new Export(fullName(found), found.client(), found.registry(), format, from, until);
    Export.Result result = out == null ? write(export, standardOutput()) : replace(export, out);
    System.err.printf("%d records of %s%n", result.records(), export.topic());
    if (result.repeated() > 0) {
      System.err.printf(
          "%d further records left out: they repeat event ids, and of each id the newest record is written%n",
          result.repeated());
    }
    if (result.undecodable() > 0) {
      System.err.printf("%d further records could not be decoded%n", result.undecodable());
      return 1;
    }
    return 0;
  }

  /** Writes beside the file and moves, so that nobody finds half a file under its name. */
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

  private String fullName(Cluster found) throws InterruptedException {
    try (var admin = Admin.create(found.client())) {
      return fullName(topic, found.pipeline(), admin.listTopics().names().get());
    } catch (ExecutionException e) {
      throw new PlatformException(
          "no answer from " + found.bootstrapServers() + ": " + e.getCause(), e);
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
        "there is no topic %s; there are: %s".formatted(topic, String.join(", ", names)));
  }

  /** Reads an instant or a date, which means its start in UTC. */
  static final class Time implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
      try {
        return text.contains("T")
            ? Instant.parse(text)
            : LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC);
      } catch (DateTimeParseException e) {
        throw new TypeConversionException(
            "'" + text + "' is no time; write 2001-01-16 or 2001-01-16T08:00:00Z");
      }
    }
  }
}
