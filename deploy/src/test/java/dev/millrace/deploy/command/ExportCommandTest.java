package dev.millrace.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.deploy.process.PlatformException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class ExportCommandTest {
  private static final List<String> TOPICS =
      List.of(
          "departures", "millrace.flights.departures", "millrace.flights.outcomes", "__offsets");

  @Test
  void shortNameIsATopicOfThePipeline() {
    assertThat(ExportCommand.fullName("outcomes", "flights", TOPICS))
        .isEqualTo("millrace.flights.outcomes");
    assertThat(ExportCommand.fullName("departures", "flights", TOPICS))
        .isEqualTo("millrace.flights.departures");
  }

  @Test
  void fullNameIsUsedUnchanged() {
    assertThat(ExportCommand.fullName("millrace.flights.outcomes", "", TOPICS))
        .isEqualTo("millrace.flights.outcomes");
    assertThat(ExportCommand.fullName("departures", "", TOPICS)).isEqualTo("departures");
  }

  @Test
  void unknownTopicIsRejectedWithAListOfTopics() {
    assertThatThrownBy(() -> ExportCommand.fullName("outcome", "flights", TOPICS))
        .isInstanceOf(PlatformException.class)
        .hasMessage(
            "topic outcome does not exist; the topics are: departures, millrace.flights.departures,"
                + " millrace.flights.outcomes");
  }

  @Test
  void topicsWithoutACommonSchemaAreRejected() {
    assertThatThrownBy(() -> ExportCommand.requireOneSchema("millrace.flights.dead-letters"))
        .isInstanceOf(PlatformException.class)
        .hasMessageContaining("topic millrace.flights.dead-letters cannot be exported");
    assertThatThrownBy(() -> ExportCommand.requireOneSchema("millrace.flights.late"))
        .hasMessageContaining("events of several sources");
    ExportCommand.requireOneSchema("millrace.flights.outcomes");
    ExportCommand.requireOneSchema("late");
  }

  @Test
  void timeIsAnInstantOrADate() {
    var time = new ExportCommand.Time();
    assertThat(time.convert("2001-01-16")).isEqualTo(Instant.parse("2001-01-16T00:00:00Z"));
    assertThat(time.convert("2001-01-16T08:00:00Z")).isEqualTo("2001-01-16T08:00:00Z");
    assertThatThrownBy(() -> time.convert("yesterday"))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("write 2001-01-16");
  }
}
