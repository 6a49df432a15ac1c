package dev.millrace.features.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FeatureRowSerializerTest {
  @Test
  void rowsAndTombstonesAreSerializedWithAllTheirFields() throws Exception {
    FeatureRow row =
        new FeatureRow("ä", -5, true, "p1", 3, 1L << 40, new @Nullable Object[] {null, 1L, 2.5});
    FeatureRow tombstone = FeatureRow.tombstone("ä", 7);
    assertThat(copy(row)).usingRecursiveComparison().isEqualTo(row);
    assertThat(copy(tombstone)).usingRecursiveComparison().isEqualTo(tombstone);
    assertThat(copy(tombstone).isTombstone()).isTrue();
  }

  private static FeatureRow copy(FeatureRow row) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    FeatureRowSerializer.INSTANCE.serialize(row, out);
    return FeatureRowSerializer.INSTANCE.deserialize(
        new DataInputDeserializer(out.getCopyOfBuffer()));
  }
}
