package dev.millrace.inference.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Wait;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A restart with another definition of the views: vectors of the old one are not used. */
class ChangedDefinitionTest {
  private static final long START = TestDriver.START.toEpochMilli();
  private static final Pipeline BEFORE = Payments.pipeline(false, view("card", "payments"));
  private static final double OLD = 1;
  private static final double NEW = 2;

  private final CrashingPartition partition = new CrashingPartition(BEFORE, START);

  private static FeatureView view(String name, String from) {
    return Payments.view(name, from, "card", Wait.forever());
  }

  /** Vectors of the same layout with other values, and vectors of another layout. */
  static List<Pipeline> definitions() {
    return List.of(
        Payments.pipeline(false, view("card", "logins")),
        Payments.pipeline(false, view("card", "payments"), view("logins", "logins")));
  }

  @ParameterizedTest
  @MethodSource("definitions")
  void anEarlyVectorOfTheOldDefinitionIsNotUsed(Pipeline after) {
    assertThat(Generation.of(after)).isNotEqualTo(Generation.of(BEFORE));
    partition.vector("p0", "c", START, 0, OLD);
    partition.commit();
    partition.restartWith(after, START + 1_000);

    partition.event("p0", "c", START, 0);
    partition.commit();
    assertThat(partition.committed()).as("it waits for its new vector").isEmpty();

    partition.vector("p0", "c", START, 0, NEW);
    partition.commit();
    assertScored();
  }

  @ParameterizedTest
  @MethodSource("definitions")
  void anEarlyVectorOfTheOldDefinitionDoesNotTakeThePlaceOfTheNewOne(Pipeline after) {
    partition.vector("p0", "c", START, 0, OLD);
    partition.commit();
    partition.restartWith(after, START + 1_000);

    partition.vector("p0", "c", START, 0, NEW);
    partition.event("p0", "c", START, 0);
    partition.commit();

    assertScored();
  }

  @ParameterizedTest
  @MethodSource("definitions")
  void aPendingEventIsScoredWithTheVectorOfTheNewDefinition(Pipeline after) {
    partition.event("p0", "c", START, 0);
    partition.commit();
    partition.restartWith(after, START + 1_000);
    partition.tick(20);

    partition.vector("p0", "c", START, 0, NEW);
    partition.commit();

    assertScored();
  }

  private void assertScored() {
    assertThat(partition.committed()).hasSize(1);
    GenericRecord prediction = partition.committed().get(0);
    assertThat(TestDriver.waitResult(prediction)).isEqualTo("ARRIVED");
    assertThat(TestDriver.cardSum(prediction)).isEqualTo(NEW);
    assertThat(partition.kept()).isZero();
  }
}
