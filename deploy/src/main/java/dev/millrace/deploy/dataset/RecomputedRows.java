package dev.millrace.deploy.dataset;

import dev.millrace.deploy.dataset.rows.RowJoin;
import dev.millrace.deploy.dataset.rows.Selection;
import dev.millrace.deploy.process.PlatformException;
import dev.millrace.deploy.topic.TopicProgress;
import dev.millrace.schemas.inputs.EntityFeatures;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.PipelineSchemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Rows computed from the clean events, as they would have been served if each event had waited for
 * all sources: the features job computes the vectors of the ranges, and the inputs are evaluated as
 * inference does. Events of the late topic have no rows.
 */
final class RecomputedRows implements RowReader {
  private final Pipeline pipeline;
  private final Selection selection;
  private final TopicRecords scored;
  private final List<TopicRecords> sources;
  private final VectorJob job;
  private final RecomputedRowBuilder rows;
  private long newestMillis;

  /**
   * @param scored the clean events of the scored source
   * @param sources of the job: the scored one and those of the views; empty without lookups
   */
  RecomputedRows(
      Pipeline pipeline,
      Selection selection,
      TopicRecords scored,
      List<TopicRecords> sources,
      VectorJob job) {
    this.pipeline = pipeline;
    this.selection = selection;
    this.scored = scored;
    this.sources = List.copyOf(sources);
    this.job = job;
    this.rows = new RecomputedRowBuilder(pipeline);
  }

  @Override
  public Schema schema() {
    return rows.schema();
  }

  @Override
  public long offsets() {
    return scored.offsets();
  }

  @Override
  public void read(RowJoin join, Path temporary) throws IOException, InterruptedException {
    Schema vectorSchema = PipelineSchemas.vector(pipeline);
    Path stored = Files.createDirectory(temporary.resolve("stored"));
    try (VectorStore vectors = new VectorStore(stored, vectorSchema, scored.offsets())) {
      long passedMillis = compute(vectors, vectorSchema, temporary);
      scored.read(
          pipeline.scored().schema(),
          (at, event) -> {
            long timeMillis = rows.timeMillis(event);
            newestMillis = Math.max(newestMillis, timeMillis);
            if (selection.includes(timeMillis)) {
              join.prediction(row(at, event, vectors, timeMillis < passedMillis));
            }
          });
    }
  }

  /**
   * Computes the vectors of the selection.
   *
   * @return the event time that all sources had passed at the end of the ranges
   */
  private long compute(VectorStore vectors, Schema schema, Path temporary)
      throws IOException, InterruptedException {
    if (sources.isEmpty()) {
      return Long.MAX_VALUE;
    }
    long passedMillis = Long.MAX_VALUE;
    List<String> ranges = new ArrayList<>();
    for (TopicRecords source : sources) {
      TopicProgress progress = source.progress();
      passedMillis = Math.min(passedMillis, progress.timeMillis());
      ranges.addAll(progress.lines());
    }
    Path out = Files.createDirectory(temporary.resolve("vectors"));
    Path state = Files.createDirectory(temporary.resolve("state"));
    job.run(Files.write(temporary.resolve("ranges"), ranges), out, state);
    OutputDirectory.delete(state);
    try (Stream<Path> files = Files.list(out)) {
      for (Path file : files.toList()) {
        store(file, schema, vectors);
        Files.delete(file);
      }
    }
    return passedMillis;
  }

  private void store(Path file, Schema schema, VectorStore vectors) throws IOException {
    try (DataFileReader<GenericRecord> reader =
        new DataFileReader<>(file.toFile(), new GenericDatumReader<>(schema, schema))) {
      for (GenericRecord vector : reader) {
        if (selection.includes(eventTimeMillis(vector))) {
          vectors.add(vector);
        }
      }
    }
  }

  private static long eventTimeMillis(GenericRecord vector) {
    return (long) ((GenericRecord) vector.get("event")).get("event_time");
  }

  private GenericRecord row(
      ConsumerRecord<byte[], byte[]> at, GenericRecord event, VectorStore vectors, boolean passed)
      throws IOException {
    if (sources.isEmpty()) {
      return rows.build(at, event, new @Nullable EntityFeatures[0], true);
    }
    GenericRecord vector = vectors.find(at.partition(), at.offset());
    if (vector == null) {
      throw new PlatformException(
          "the features job computed no vector of the event in topic %s, partition %d, offset %d; its messages above say why"
              .formatted(at.topic(), at.partition(), at.offset()));
    }
    return rows.build(
        at,
        event,
        EntityFeatures.ofLookups((GenericRecord) vector.get("lookups"), eventTimeMillis(vector)),
        passed && (Boolean) vector.get("complete"));
  }

  @Override
  public Instant newestEvent() {
    return Instant.ofEpochMilli(newestMillis);
  }

  @Override
  public List<Manifest.Topic> topics() {
    return Stream.concat(Stream.of(scored), sources.stream())
        .distinct()
        .map(TopicRecords::toManifest)
        .toList();
  }

  @Override
  public long undecodable() {
    return scored.undecodable();
  }
}
