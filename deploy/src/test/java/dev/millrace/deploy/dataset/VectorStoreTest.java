package dev.millrace.deploy.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VectorStoreTest {
  private static final int PARTITIONS = 3;

  /** More than one file of each partition. */
  private static final int OFFSETS = 120_000;

  /** Markers of transactions have offsets, too, so that events have every third one. */
  private static final int STEP = 3;

  private static final Schema EVENT =
      SchemaBuilder.record("EventRef")
          .fields()
          .requiredInt("partition")
          .requiredLong("offset")
          .endRecord();
  private static final Schema VECTOR =
      SchemaBuilder.record("FeatureVector")
          .fields()
          .name("event")
          .type(EVENT)
          .noDefault()
          .requiredLong("value")
          .endRecord();

  /** The tasks of the job write vectors in any order. */
  @Test
  void findsVectorsByPositionInTheOrderOfTheEvents(@TempDir Path directory) throws IOException {
    List<GenericRecord> vectors = new ArrayList<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      for (long offset = 0; offset < OFFSETS; offset += STEP) {
        vectors.add(vector(partition, offset));
      }
    }
    Collections.shuffle(vectors, new Random(1));

    try (VectorStore store = new VectorStore(directory, VECTOR, (long) PARTITIONS * OFFSETS)) {
      for (GenericRecord vector : vectors) {
        store.add(vector);
      }

      for (int partition = 0; partition < PARTITIONS; partition++) {
        for (long offset = 0; offset < OFFSETS; offset += STEP) {
          assertThat(Objects.requireNonNull(store.find(partition, offset)).get("value"))
              .isEqualTo(value(partition, offset));
        }
        assertThat(store.find(partition, 1)).isNull();
      }
      assertThat(store.find(PARTITIONS, 0)).isNull();
    }
    try (var files = Files.list(directory)) {
      assertThat(files).hasSize(9);
    }
  }

  private static GenericRecord vector(int partition, long offset) {
    GenericRecord event =
        new GenericRecordBuilder(EVENT).set("partition", partition).set("offset", offset).build();
    return new GenericRecordBuilder(VECTOR)
        .set("event", event)
        .set("value", value(partition, offset))
        .build();
  }

  private static long value(int partition, long offset) {
    return 1_000_000L * partition + offset;
  }
}
