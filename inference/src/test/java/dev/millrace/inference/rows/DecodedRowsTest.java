package dev.millrace.inference.rows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.inputs.EntityFeatures;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.kafka.common.utils.Bytes;
import org.junit.jupiter.api.Test;

class DecodedRowsTest {
  private static final Schema FEATURES =
      SchemaBuilder.record("Features").fields().requiredDouble("a").endRecord();
  private static final EntityRow ROW =
      new EntityRow(1, 1, new EntityFeatures(1, 1, new GenericData.Record(FEATURES)));

  @Test
  void aRowIsFoundUntilTheStoreHasAnother() {
    DecodedRows rows = new DecodedRows(10_000);
    rows.put(key(1), new byte[] {1}, ROW);
    assertThat(rows.find(key(1), new byte[] {1})).isSameAs(ROW);
    assertThat(rows.find(key(1), new byte[] {2})).isNull();
    assertThat(rows.find(key(2), new byte[] {1})).isNull();
  }

  @Test
  void aRowThatIsLargerThanTheBoundIsNotKept() {
    DecodedRows rows = new DecodedRows(10_000);
    rows.put(key(1), new byte[10], ROW);
    rows.put(key(1), new byte[20_000], ROW);
    assertThat(rows.size()).isZero();
    assertThat(rows.bytes()).isZero();
  }

  /** The oracle is a list in the order of use. */
  @Property(tries = 50)
  void memoryIsBoundedAndTheRowsUsedLastAreKept(@ForAll long seed) {
    Random random = new Random(seed);
    DecodedRows rows = new DecodedRows(20_000);
    List<Integer> used = new ArrayList<>();
    byte[][] stored = new byte[30][];
    for (int step = 0; step < 300; step++) {
      Integer entity = random.nextInt(stored.length);
      if (stored[entity] == null || random.nextBoolean()) {
        stored[entity] = new byte[random.nextInt(3_000)];
        rows.put(key(entity), stored[entity], ROW);
      } else if (rows.find(key(entity), stored[entity]) == null) {
        continue;
      }
      used.remove(entity);
      used.add(0, entity);
      assertThat(rows.bytes()).isBetween(0L, 20_000L);
    }
    for (int i = 0; i < rows.size(); i++) {
      int entity = used.get(i);
      assertThat(rows.find(key(entity), stored[entity])).as("use %d", i).isNotNull();
    }
  }

  private static Bytes key(int entity) {
    return Bytes.wrap(new byte[] {(byte) entity});
  }
}
