package dev.millrace.deploy.drift;

import dev.millrace.deploy.drift.view.DriftRun;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.QualityReport;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.pipeline.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;

/** Reads the files of a bounded drift job: those of a sink have its name at the start of theirs. */
final class ResultFiles {
  private ResultFiles() {}

  static DriftRun read(Path directory, Pipeline pipeline, Instant from, Instant to)
      throws IOException {
    List<DriftReport> reports = records(directory, "drift-reports", DriftReport.class);
    reports.sort(
        Comparator.comparing(DriftReport::getWindowStart)
            .thenComparing(DriftReport::getModelVersion)
            .thenComparing(DriftReport::getSlice));
    List<QualityReport> quality = records(directory, "quality-reports", QualityReport.class);
    quality.sort(
        Comparator.comparing(QualityReport::getWindowStart).thenComparing(QualityReport::getId));
    List<Alert> alerts = records(directory, "alerts", Alert.class);
    alerts.sort(Comparator.comparing(Alert::getAt));
    List<RetrainingTrigger> triggers =
        records(directory, "retraining-triggers", RetrainingTrigger.class);
    triggers.sort(Comparator.comparing(RetrainingTrigger::getAt));
    return new DriftRun(pipeline, from, to, reports, quality, alerts, triggers);
  }

  private static <T extends SpecificRecord> List<T> records(
      Path directory, String name, Class<T> type) throws IOException {
    List<T> records = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file :
          files.filter(each -> each.getFileName().toString().startsWith(name)).sorted().toList()) {
        try (DataFileReader<T> reader =
            new DataFileReader<>(file.toFile(), new SpecificDatumReader<>(type))) {
          reader.forEach(records::add);
        }
      }
    }
    return records;
  }
}
